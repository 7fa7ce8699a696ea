import t, { type Test } from 'tap'
import { limits } from '../../src/limits.ts'
import type { Span } from '../../src/model/span.ts'
import { span } from '../helpers/span.ts'
import { attributes } from '../helpers/span-content.ts'
import { realService } from '../http/real-service.ts'
import { handMade } from '../normalize/hand-made/index.ts'
import { normalized } from '../normalize/support/sent.ts'

/** What the real Canvas needs of every answer, whatever was sent: it drops, misplaces or freezes otherwise. */
const writer = { workspace: 'default', workflows: ['*'] }
const reader = { scope: 'traces:read content:read' }
const id = (short: string) => short.padStart(16, '0')
const named = (executionId: string, over: Partial<Span> = {}) => ({ executionId, workflowId: 'wf', ...over })

async function door(t: Test) {
  const service = await realService(t)
  return {
    service,
    write: (...spans: Span[]) => service.store.writeSpans(writer, spans),
    trace: async (execution: string) => {
      const path = `/api/executions/${encodeURIComponent(execution)}/trace?_refresh=1`
      const { status, json } = await service.as(reader, 'GET', path)
      t.equal(status, 200, execution)
      return json
    },
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the client that this stands for knows no types
function holds(t: Test, { execution, spans, page_info }: any) {
  const ids = new Set(spans.map((one: { span_id: string }) => one.span_id))
  t.equal(typeof execution.id, 'string')
  t.match(execution.trace_id, /^[0-9a-f]{32}$/, 'without a trace id nothing is drawn')
  t.match(execution.status, /^(running|pending|completed|failed|error|cancelled)$/)
  t.same(page_info, { has_next_page: false, cursor: null })
  for (const one of spans) {
    const of = `${execution.id} ${one.name}`
    t.ok(one.parent_span_id === null || ids.has(one.parent_span_id), `${of}: closed under ancestors`)
    t.ok(Date.parse(one.start_time) > 0, `${of}: begins at ${one.start_time}`)
    t.ok(one.end_time === null || Date.parse(one.end_time) >= Date.parse(one.start_time), of)
    t.match(one.status.code, /^(OK|ERROR|UNSET)$/)
    t.equal(one.status.code === 'UNSET', one.end_time === null, `${of}: UNSET is what runs`)
    t.ok(Array.isArray(one.events) && Array.isArray(one.links), of)
    const { attributes: said } = one
    for (const [key, value] of Object.entries(said))
      if (/^gen_ai\.usage\..*(tokens|cost)$/.test(key)) t.type(value, 'number', `${of}: ${key}`)
    const operation = said['gen_ai.operation.name']
    if (one.kind === 'retriever') t.equal(said['openinference.span.kind'], 'RETRIEVER', of)
    if (one.kind === 'llm') t.ok(operation ?? said['openinference.span.kind'], of)
    if (one.kind === 'llm') t.notOk('orcheo.workflow.state.before' in said, `${of}: would hide its messages`)
    if ('orcheo.artifact.ids' in said) t.ok(Array.isArray(said['orcheo.artifact.ids']), of)
    if (one.parent_span_id === null) t.equal(said['trace.spans.returned'], spans.length, of)
  }
}

t.test('every set of spans of every convention', async (t) => {
  const { write, trace, service } = await door(t)
  for (const [n, { spans, resource, scope }] of Object.values(handMade).entries()) {
    const from = { ...(resource ? { resource } : {}), ...(scope ? { scope } : {}) }
    const traceId = `ca${n}`.padStart(32, '0')
    await write(...spans.map((sent) => ({ ...normalized({ ...sent, ...from }), traceId })))
  }
  let seen = 0
  for (const { workflow_id } of (await service.as(reader, 'GET', '/api/workflows')).json) {
    const path = `/api/workflows/${encodeURIComponent(workflow_id)}/executions?limit=50`
    for (const row of (await service.as(reader, 'GET', path)).json) {
      t.match(row, { execution_id: String, status: String, started_at: /^\d{4}-/, steps: [] })
      holds(t, await trace(row.execution_id))
      seen += 1
    }
  }
  t.ok(seen > 20, `${seen} executions`)
})

t.test('a span below an execution within this one is not lost with it', async (t) => {
  const { write, trace } = await door(t)
  await write(
    span('1', 'a', null, named('outer')),
    span('1', 'b', 'a', named('inner')),
    span('1', 'c', 'b', named('outer')),
    span('1', 'd', 'c'),
  )
  const answer = await trace('outer')
  holds(t, answer)
  t.same(
    answer.spans.map((one: { span_id: string; parent_span_id: string }) => [one.span_id, one.parent_span_id]),
    [
      [id('a'), null],
      [id('c'), null],
      [id('d'), id('c')],
    ],
  )
  t.match(answer.spans[1].attributes, { 'trace.parent_span_id': id('b') })
})

t.test('times that nobody sent, parents that never came, several traces', async (t) => {
  const { write, trace, service } = await door(t)
  const over = named('odd')
  await write(
    span('1', 'a', 'f', { ...over, startNs: 0n, endNs: null, status: 'running' }),
    span('1', 'b', 'a', { startNs: 0n, endNs: null, status: 'running' }),
    span('2', 'c', null, over),
    span('2', 'd', 'e', { status: 'cancelled' }),
  )
  holds(t, await trace('odd'))
  const { json } = await service.as(reader, 'GET', '/api/executions/odd/trace?view=skeleton')
  t.ok(Math.min(...json.columns.offset_ms) >= 0, 'nor is it to our own tab')
})

t.test('a state is shown for what is no model call, and says what is redacted of it', async (t) => {
  const { write, trace } = await door(t)
  const state = attributes({
    'orcheo.workflow.state.before': '{"a":1}',
    'orcheo.workflow.state.after': '{"a":2}',
  })
  await write(
    span(
      '1',
      'a',
      null,
      named('states', { attributes: state, kind: 'node', notices: [{ code: 'redacted', message: 'x' }] }),
    ),
    span('1', 'b', 'a', { attributes: state, kind: 'llm' }),
  )
  const answer = await trace('states')
  holds(t, answer)
  const [node, call] = answer.spans
  t.match(node.attributes, {
    'orcheo.workflow.state.before': { a: 1 },
    'orcheo.workflow.state.after': { a: 2 },
    'orcheo.workflow.state.redacted': true,
  })
  t.notOk('orcheo.workflow.state.truncated' in node.attributes)
  t.notOk('orcheo.workflow.state.after' in call.attributes)
})

t.test('a state and the ids of artifacts keep their form however long they are', async (t) => {
  const { write, trace } = await door(t)
  const before = JSON.stringify({
    small: 1,
    text: 'x'.repeat(limits.canvasPreview),
    list: Array(9_000).fill(7),
  })
  await write(
    span(
      '1',
      'a',
      null,
      named('long', {
        kind: 'node',
        attributes: attributes({
          'orcheo.workflow.state.before': before,
          'orcheo.workflow.state.after': '[1]',
        }),
        artifacts: Array.from({ length: 40 }, (_, n) => ({
          id: `${n}-${'a'.repeat(250)}`,
          name: null,
          mediaType: null,
          size: null,
          sha256: null,
        })),
      }),
    ),
  )
  const [{ attributes: said }] = (await trace('long')).spans
  t.match(said['orcheo.workflow.state.before'], { small: 1, text: /^x{200}…$/, list: '…' })
  t.equal(said['orcheo.workflow.state.truncated'], true)
  t.equal(said['orcheo.workflow.state.after'], '[1]', 'what is no object is a text like any other')
  t.equal(said['orcheo.artifact.ids'].length, 40)
})

t.test('a later Canvas asks for the list without steps, and for the state of one span', async (t) => {
  const { write, service } = await door(t)
  const state = attributes({
    'orcheo.workflow.state.before': '{"count":1,"mail":"ada@example.com"}',
    'orcheo.workflow.state.after': '{"count":2}',
  })
  const content = attributes({ 'input.value': '{"city":"Oslo"}', 'output.value': 'rain' })
  await write(
    span('1', 'a', null, named('later', { attributes: state, kind: 'node' })),
    span('1', 'b', 'a', { content, kind: 'tool', notices: [{ code: 'truncated', message: 'x' }] }),
  )
  const list = await service.as(reader, 'GET', '/api/workflows/wf/executions?limit=50&include_steps=false')
  t.match([list.status, list.json], [200, [{ execution_id: 'later', status: 'completed', steps: [] }]])
  const ask = (short: string, claims: object = reader) =>
    service.as(claims, 'GET', `/api/executions/later/trace/spans/${id(short)}/state`)
  const own = (await ask('a')).json
  t.match(own, { span_id: id('a'), before: { count: 1 }, after: { count: 2 }, redacted: false })
  t.notMatch(JSON.stringify(own), 'ada@example.com')
  t.same((await ask('b')).json, {
    span_id: id('b'),
    redacted: false,
    truncated: true,
    before: { city: 'Oslo' },
    after: { value: 'rain' },
  })
  t.match((await ask('b', { scope: 'traces:read' })).json, { before: {}, after: {}, redacted: true })
  for (const refused of [await ask('c'), await ask('a', { ...reader, workflows: ['mine'] })])
    t.match([refused.status, refused.json.detail], [404, String])
})

t.test(
  'more spans than it can draw: those nearest the root, and the root says how many there are',
  async (t) => {
    const { write, trace } = await door(t)
    const total = limits.canvasSpans + 50
    await write(
      span('1', 'a', null, named('large')),
      ...Array.from({ length: total - 1 }, (_, n) =>
        span('1', (0x1000 + n).toString(16), n < 30 ? 'a' : (0x1000 + n - 30).toString(16)),
      ),
    )
    const answer = await trace('large')
    holds(t, answer)
    t.equal(answer.spans.length, limits.canvasSpans)
    t.match(answer.spans[0].attributes, {
      'trace.spans.total': total,
      'trace.spans.returned': limits.canvasSpans,
      'trace.truncated': true,
    })
  },
)

t.test('denied is missing: a detail in words, cheap, and the same however often it is asked', async (t) => {
  const { write, service } = await door(t)
  await write(span('1', 'a', null, named('theirs')))
  const ask = (claims: object, n: number) =>
    service.as(claims, 'GET', `/api/executions/theirs/trace?_refresh=${n}`, undefined, {
      'cache-control': 'no-cache',
      pragma: 'no-cache',
    })
  const denied = { ...reader, workflows: ['mine'] }
  for (let n = 0; n < 15; n++) {
    const { status, json } = await ask(denied, n)
    t.equal(status, 404)
    t.type(json.detail, 'string')
  }
  const { json: audit } = await service.as({ scope: 'admin' }, 'GET', '/api/audit')
  t.ok(
    audit.filter((one: { action: string }) => /den/.test(one.action)).length <= 2,
    'told once, not 15 times',
  )
  const none = await service.ask('GET', '/api/executions/theirs/trace?_refresh=1')
  t.equal(none.status, 401)
  t.match(none.headers['www-authenticate'], /^Bearer/)
  t.type(none.json.detail, 'string')
  const scope = await ask({ scope: 'traces:write' }, 0)
  t.equal(scope.status, 403)
  t.type(scope.json.detail, 'string')
})
