import t from 'tap'
import { span } from '../helpers/span.ts'
import { realService } from './real-service.ts'

const writer = { workspace: 'default', workflows: ['*'] }
const id = (short: string) => short.padStart(16, '0')

t.test('what a read does not know, or what contradicts itself, is 400 and says what is known', async (t) => {
  const service = await realService(t)
  await service.store.writeSpans(writer, [
    span('1', 'a', null, { executionId: 'run', workflowId: 'wf' }),
    span('1', 'b', 'a', { kind: 'llm', model: 'm' }),
  ])
  const get = (path: string, claims: object = {}) =>
    service.as({ scope: 'traces:read', ...claims }, 'GET', path)
  const trace = '/api/executions/run/trace'
  const refused: [string, RegExp][] = [
    [`${trace}?view=Skeleton`, /view/],
    [`${trace}?view=skeleton&kinds=llm`, /parameters are: .*kind/],
    [`${trace}?kind=llm`, /kind: only with view=skeleton/],
    [`${trace}?view=skeleton&kind=`, /kind knows: .*llm/],
    [`${trace}?view=skeleton&status=bad`, /status knows: .*error/],
    [`${trace}?view=skeleton&limit=10001`, /limit/],
    [`${trace}?view=skeleton&limit=1&limit=2`, /limit/],
    [`${trace}?view=skeleton&depth=-1`, /depth/],
    [`${trace}?view=skeleton&q=x`, /q must/],
    [`${trace}?view=skeleton&around=${id('b')}&kind=llm`, /around excludes/],
    [`${trace}?view=skeleton&cursor=`, /cursor/],
    [`${trace}/summary?depth=1`, /parameters are: workflow, realm/],
    [`${trace}/stream?from=0`, /parameters are: .*since/],
    ['/api/executions/run/compare/run?limit=1', /parameters are/],
    ['/api/workflows?limit=1', /takes no parameters/],
    ['/api/workflows/wf/executions?status=done', /status/],
    ['/api/workflows/wf/executions?min_duration=5', /parameters are: .*min_duration_ms/],
    ['/api/workflows/wf/stats?days=0', /parameters are: .*from/],
  ]
  for (const [path, detail] of refused) {
    const { status, json } = await get(path)
    t.equal(status, 400, path)
    t.match(json, { code: /^TRACE_BAD_(REQUEST|CURSOR)$/, detail }, path)
  }
  t.equal((await get(`${trace}?view=skeleton&kinds=llm`, { scope: 'traces:write' })).status, 403)
  t.equal(
    (await service.ask('GET', `${trace}?kinds=llm`)).status,
    401,
    'who may not ask is told nothing else',
  )

  for (const path of [
    `${trace}?_refresh=1795344848000`,
    `${trace}?cursor=next&_refresh=1`,
    `${trace}?view=skeleton&root=${id('b').toUpperCase()}&depth=0&kind=llm,tool&status=ok&q=span`,
    `${trace}?view=skeleton&around=${id('b')}&limit=1&_mine=x`,
    '/api/workflows/wf/executions?limit=50&status=completed&min_duration_ms=0&q=run',
  ])
    t.equal((await get(path)).status, 200, path)
})

t.test(
  'a second look at an ended execution costs a 304 without a body, for its own reader alone',
  async (t) => {
    const service = await realService(t)
    const run = { executionId: 'run', workflowId: 'wf' }
    await service.store.writeSpans(writer, [span('1', 'a', null, run), span('1', 'b', 'a', { kind: 'llm' })])
    const get = (path: string, claims: object, headers = {}) =>
      service.as(claims, 'GET', `/api/executions/run/${path}`, undefined, headers)
    const reader = { scope: 'traces:read content:read' }
    for (const path of ['trace?view=skeleton', 'trace/summary', `spans/${id('b')}`]) {
      const first = await get(path, reader)
      t.match(
        first.headers,
        { etag: /^W\/"/, 'cache-control': 'private, no-cache', vary: /authorization/ },
        path,
      )
      const known = { 'if-none-match': String(first.headers.etag) }
      const second = await get(path, reader, known)
      t.same([second.status, second.text], [304, ''], path)
      t.equal(
        (await get(path, { scope: 'traces:read' }, known)).status,
        path === 'trace/summary' ? 304 : 200,
        path,
      )
      t.equal((await get(path, { ...reader, workflows: ['x'] }, known)).status, 404, `${path}: out of reach`)
    }
    await service.store.writeSpans(writer, [span('1', 'c', 'a')])
    for (const path of ['trace?view=skeleton', 'trace/summary']) {
      const { headers } = await get(path, reader)
      await service.store.writeSpans(writer, [span('1', path.length.toString(16), 'a')])
      const after = await get(path, reader, { 'if-none-match': String(headers.etag) })
      t.equal(after.status, 200, `${path}: a late span makes another tag`)
    }
    await service.store.writeSpans(writer, [span('1', 'f', null, { ...run, endNs: null, status: 'running' })])
    for (const path of ['trace?view=skeleton', 'trace/summary'])
      t.match((await get(path, reader)).headers, { etag: undefined, 'cache-control': 'private, no-store' })
  },
)
