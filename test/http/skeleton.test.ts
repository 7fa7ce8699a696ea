import t, { type Test } from 'tap'
import { attributes, span } from '../helpers/span-content.ts'
import { realService } from './real-service.ts'

const id = (short: string) => short.padStart(16, '0')
const named = { executionId: 'run', workflowId: 'wf' }

/** A root with 30 nodes; node n5 has a call with content and a child that fails; another execution begins below n6. */
async function stored(t: Test) {
  const service = await realService(t)
  const at = (n: number) => ({ startNs: BigInt(Date.now() - 3_600_000) * 1_000_000n + BigInt(n) })
  const nodes = Array.from({ length: 30 }, (_, n) =>
    span('1', `${n + 10}`, '1', { ...at(n), name: `node ${n}`, kind: 'node' }),
  )
  await service.store.writeSpans({ workspace: 'default', workflows: ['*'] }, [
    span('1', '1', null, { ...named, ...at(-1), name: 'root', kind: 'workflow' }),
    ...nodes,
    span('1', 'c1', '15', {
      ...at(5),
      kind: 'llm',
      name: 'chat',
      model: 'gpt-4o',
      events: ['first', 'last'].map((name) => ({
        name,
        timeNs: 1n,
        attributes: new Map(),
        droppedAttributesCount: 0,
      })),
      content: attributes({ 'input.value': 'Write to ann@example.org about 100% of the "Blue_Whale"' }),
    }),
    span('1', 'c2', 'c1', {
      ...at(6),
      name: 'tool',
      kind: 'tool',
      status: 'error',
      errorMessage: 'Boom for bob@example.org',
    }),
    span('1', 'c3', '16', { ...at(7), name: 'hidden whale', executionId: 'sub', workflowId: 'wf-sub' }),
    span('1', 'c4', 'c3', { ...at(8), name: 'below' }),
  ])
  const get = async (query: string, claims: object = {}) =>
    await service.as(
      { scope: 'traces:read content:read', ...claims },
      'GET',
      `/api/executions/run/trace?view=skeleton${query}`,
    )
  const names = async (query: string, claims: object = {}) => (await get(query, claims)).json.columns?.name
  return { service, get, names }
}

t.test('filters choose rows with their ancestors, and say which match', async (t) => {
  const { get, names } = await stored(t)
  t.equal((await get('')).json.total, 34)
  t.same(await names(`&root=${id('15')}`), ['node 5', 'chat', 'tool'])
  t.same(await names(`&root=${id('15')}&depth=1`), ['node 5', 'chat'])
  t.same(await names('&depth=0'), ['root'])
  t.same((await get(`&root=${id('15')}`)).json.columns.event_count, [0, 2, 0])
  const failed = (await get('&status=error')).json
  t.same(failed.columns.name, ['root', 'node 5', 'chat', 'tool'])
  t.same(failed.columns.match, [false, false, false, true])
  t.same(failed.notices, [])
  t.same(await names('&kind=llm,tool&status=ok'), ['root', 'node 5', 'chat'])
  t.same(await names('&kind=guardrail'), [])
  // a subtree is searched by itself: what is above its root is no answer
  t.same(await names(`&root=${id('15')}&kind=tool`), ['node 5', 'chat', 'tool'])
  t.same(await names(`&root=${id('16')}&kind=tool`), [])
  t.same(await names(`&root=${id('15')}&depth=1&kind=tool`), [], 'what is deeper was not asked for')
  t.equal((await get('&kind=nonsense')).status, 400)
  t.equal((await get(`&root=${id('99')}`)).status, 404)
  t.equal((await get('')).json.columns.match, undefined)
})

t.test('a search finds what its reader may see, and nothing that is masked or hidden', async (t) => {
  const { names } = await stored(t)
  const chat = ['root', 'node 5', 'chat']
  t.same(await names('&q=NODE%2012'), ['root', 'node 12'])
  t.same(await names('&q=gpt-4'), chat)
  t.same(await names('&q=boom%20for'), [...chat, 'tool'])
  t.same(await names(`&q=${encodeURIComponent('"blue_whale"')}`), chat, 'in content')
  t.same(await names(`&q=${encodeURIComponent('100% of')}`), chat)
  t.same(await names(`&q=${encodeURIComponent('100_ of')}`), [], 'wildcards are ordinary characters')
  t.same(await names('&q=whale', { scope: 'traces:read' }), [], 'content is for those who may read it')
  t.same(await names('&q=bob@example'), [], 'personal data is masked before it is compared')
  t.same(await names(`&q=${encodeURIComponent('[redacted:email]')}`), [...chat, 'tool'])
  t.same(await names('&q=hidden', { workflows: ['wf'] }), [], 'another execution keeps its names')
})

t.test('the neighbourhood of a span says where it is, and how to go on from there', async (t) => {
  const { get } = await stored(t)
  const { json } = await get(`&around=${id('c1')}&limit=16`)
  t.same(json.columns.name, ['root', 'node 5', 'chat', 'tool'])
  t.match(json.around, { row: 7, index: 2 })
  t.equal(json.page_info.has_next_page, false)
  const on = (await get(`&limit=3&cursor=${encodeURIComponent(json.around.cursor)}`)).json
  t.same(on.columns.name, ['chat', 'tool', 'node 6'])
  t.match((await get(`&around=${id('1')}`)).json.around, { row: 0, cursor: null })
})

t.test(
  'of a neighbourhood, a quarter each are siblings, children and ancestors, at the edges too',
  async (t) => {
    const { get } = await stored(t)
    const around = async (span: string, limit: number) => {
      const { columns, around, page_info } = (await get(`&around=${id(span)}&limit=${limit}`)).json
      t.equal(columns.span_id[around.index], id(span), 'the span itself is always there')
      t.equal(page_info.has_next_page, false)
      return columns.name
    }
    const nodes = (...numbers: number[]) => numbers.map((n) => `node ${n}`)
    t.same(await around('22', 16), ['root', ...nodes(10, 11, 12, 13, 14)])
    t.same(await around('10', 16), ['root', ...nodes(0, 1, 2)], 'the first has none before it')
    t.same(await around('39', 16), ['root', ...nodes(27, 28, 29)], 'the last none after it')
    t.same(await around('1', 16), ['root', ...nodes(0, 1, 2, 3)], 'the first children')
    t.same(await around('c2', 4), ['chat', 'tool'], 'the nearest ancestor')
    t.same(await around('c2', 8), ['node 5', 'chat', 'tool'], 'the nearest two')
    t.same(await around('22', 1), nodes(12))
    t.equal((await get(`&around=${id('22')}&kind=llm`)).status, 400)
    t.equal((await get(`&around=${id('99')}`)).status, 404)
  },
)

t.test('pages of a filtered tree belong to their filter', async (t) => {
  const { get } = await stored(t)
  const names: string[] = []
  let cursor = ''
  for (let page = 0; page < 20; page++) {
    const { json } = await get(`&kind=node&limit=4${cursor}`)
    t.equal(json.total, 31)
    names.push(...json.columns.name)
    if (!json.page_info.has_next_page) break
    cursor = `&cursor=${encodeURIComponent(json.page_info.cursor)}`
  }
  t.same(names, ['root', ...Array.from({ length: 30 }, (_, n) => `node ${n}`)])
  t.equal((await get(`&kind=llm${cursor}`)).status, 400, 'a cursor of another filter is none')
  t.equal((await get(cursor)).status, 400)
})

t.test('an ended execution is not sent twice; another reader, filter or span gets another tag', async (t) => {
  const { service, get } = await stored(t)
  // the tree holds a root of another execution, whose name hangs on more than this execution: no tag
  t.equal((await get('')).headers.etag, undefined)
  const path = '/api/executions/sub'
  const claims = { scope: 'traces:read content:read' }
  const ask = (what: string, etag?: string, who: object = claims) =>
    service.as(who, 'GET', `${path}${what}`, undefined, etag === undefined ? {} : { 'if-none-match': etag })
  for (const what of ['/trace?view=skeleton', '/trace/summary', `/spans/${id('c4')}`]) {
    const first = await ask(what)
    t.equal(first.status, 200, what)
    const tag = String(first.headers.etag)
    t.match(tag, /^W\//)
    t.match(first.headers['cache-control'], /private, no-cache/)
    const again = await ask(what, `"other", ${tag}`)
    t.equal(again.status, 304, what)
    t.equal(again.text, '')
    t.equal(
      (await ask(what, tag, { ...claims, workflows: ['elsewhere'] })).status,
      404,
      'a tag opens nothing',
    )
  }
  const tag = String((await ask('/trace?view=skeleton')).headers.etag)
  t.equal((await ask('/trace?view=skeleton&limit=1', tag)).status, 200)
  t.equal((await ask('/trace?view=skeleton', tag, { scope: 'traces:read' })).status, 200)
  t.not((await ask('/trace')).headers.etag, tag)
  await service.store.writeSpans({ workspace: 'default', workflows: ['*'] }, [span('1', 'c5', 'c3', {})])
  t.equal((await ask('/trace?view=skeleton', tag)).status, 200, 'late data is news')
})
