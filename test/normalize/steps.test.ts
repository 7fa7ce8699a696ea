import t from 'tap'
import { limits } from '../../src/limits.ts'
import { normalizeRequest, normalizeSpan } from '../../src/normalize/index.ts'
import { normalized, otlpSpan, resourceOf, scopeOf } from './support/sent.ts'

const codes = (over: Parameters<typeof normalized>[0]) => normalized(over).notices.map(({ code }) => code)

t.test('ids that cannot be used cost the span, a wrong parent only the link', async (t) => {
  const refused = (over: object) => normalizeSpan(otlpSpan({ over }), resourceOf(), scopeOf())
  t.same(refused({ traceId: 'ab' }), { refused: 'bad_trace_id' })
  t.same(refused({ traceId: '0'.repeat(32) }), { refused: 'bad_trace_id' })
  t.same(refused({ spanId: '' }), { refused: 'bad_span_id' })
  t.same(refused({ spanId: '0'.repeat(16) }), { refused: 'bad_span_id' })
  t.same(refused({ defect: 'attributes is no list' }), { refused: 'wrong_type' })
  for (const [parentSpanId, code] of [
    ['0'.repeat(16), 'zero_parent_id'],
    ['abc', 'invalid_parent_id'],
    ['b2'.repeat(8), 'self_parent'],
  ] as const) {
    const span = normalized({ over: { parentSpanId } })
    t.equal(span.parentSpanId, null)
    t.equal(span.notices[0]?.code, code)
  }
})

t.test('refusals are counted by reason, the rest of the request stands', async (t) => {
  const spans = [otlpSpan({}), otlpSpan({ over: { traceId: '' } }), otlpSpan({ over: { traceId: 'x' } })]
  const request = { resourceSpans: [{ resource: resourceOf(), scopeSpans: [{ scope: scopeOf(), spans }] }] }
  const result = normalizeRequest({ ...request, surplusSpans: 7 })
  t.equal(result.spans.length, 1)
  t.same(result.refused, [
    { reason: 'too_many', count: 7 },
    { reason: 'bad_trace_id', count: 2 },
  ])
})

t.test('times are kept as sent as far as they can be stored', async (t) => {
  t.match(normalized({ over: { endNs: 0n } }), { endNs: null, status: 'running', notices: [] })
  t.same(codes({ over: { startNs: 0n } }), ['no_start'])
  t.same(codes({ over: { startNs: 5n, endNs: 4n } }), ['end_before_start'])
  const far = normalized({ over: { endNs: 2n ** 64n - 1n } })
  t.equal(far.endNs, 2n ** 63n - 1n)
  t.equal(far.notices[0]?.code, 'time_clamped')
})

t.test('text that Postgres cannot hold is mended everywhere', async (t) => {
  const span = normalized({
    name: 'a\0b',
    attributes: { 'k\0': 'v\0', list: ['\ud800'], map: { 'x\0': 'y' }, 'workflow.execution.id': 'e\0' },
    events: [{ name: 'e\0', attributes: { a: '\0' } }],
  })
  t.equal(span.name, 'a\uFFFDb')
  t.equal(span.attributes.get('k\uFFFD'), 'v\uFFFD')
  t.same(span.attributes.get('list'), ['\uFFFD'])
  t.same(span.attributes.get('map'), new Map([['x\uFFFD', 'y']]))
  t.equal(span.executionId, 'e\uFFFD')
  t.equal(span.events[0]?.name, 'e\uFFFD')
  t.equal(span.events[0]?.attributes.get('a'), '\uFFFD')
  t.match(span.notices, [{ code: 'text_mended', count: Number }])
})

t.test('limits are kept and told', async (t) => {
  const many = Object.fromEntries(Array.from({ length: limits.maxAttributes + 3 }, (_, i) => [`k${i}`, i]))
  const wide = normalized({ attributes: many })
  t.equal(wide.attributes.size, limits.maxAttributes)
  t.equal(wide.droppedAttributesCount, 3)
  t.same(wide.notices[0], { code: 'attributes_dropped', message: wide.notices[0]?.message, count: 3 })

  const long = normalized({
    attributes: {
      'url.full': 'x'.repeat(limits.maxValueLength + 1),
      'gen_ai.prompt': 'y'.repeat(limits.maxValueLength + 1),
      [`z${'z'.repeat(300)}`]: 1,
      'workflow.id': 'w'.repeat(300),
    },
  })
  t.equal((long.attributes.get('url.full') as string).length, limits.maxValueLength)
  t.equal((long.content.get('gen_ai.prompt') as string).length, limits.maxValueLength + 1, 'content is whole')
  t.equal(long.workflowId?.length, limits.maxIdLength)
  t.ok([...long.attributes.keys()].every((key) => key.length <= limits.maxKeyLength))
  t.same(
    long.notices.map(({ code }) => code),
    ['id_truncated', 'key_truncated', 'truncated'],
  )

  let deep: unknown = 'end'
  for (let level = 0; level < 40; level++) deep = [deep]
  t.same(codes({ attributes: { deep } }), ['too_deep'])
  const events = Array.from({ length: limits.maxEvents + 2 }, () => ({ name: 'e' }))
  const eventful = normalized({ events })
  t.equal(eventful.events.length, limits.maxEvents)
  t.equal(eventful.droppedEventsCount, 2)
})

t.test('what is content goes apart: by convention, or because it is long', async (t) => {
  const span = normalized({
    attributes: {
      'input.value': 'x',
      'llm.input_messages.0.message.content': 'x',
      'orcheo.workflow.state.topic': 'x',
      'tool.parameters': '{}',
      'my.note': 'n'.repeat(1001),
      'my.list': Array.from({ length: 11 }, () => 'n'.repeat(100)),
      'my.word': 'n'.repeat(1000),
      'url.full': `https://x/${'n'.repeat(1001)}`,
      'gen_ai.request.model': 'm',
    },
  })
  t.same([...span.content.keys()].sort(), [
    'input.value',
    'llm.input_messages.0.message.content',
    'my.list',
    'my.note',
    'orcheo.workflow.state.topic',
    'tool.parameters',
  ])
  t.same([...span.attributes.keys()].sort(), ['gen_ai.request.model', 'my.word', 'url.full'])
})

t.test('tokens: no two conventions are added, unknown is not 0, cached is within input', async (t) => {
  const tokens = (plain: object) => normalized({ attributes: { ...plain } }).tokens
  t.match(
    tokens({ 'gen_ai.usage.input_tokens': 5, 'llm.token_count.prompt': 7, 'ai.usage.promptTokens': 9 }),
    {
      input: 5,
      output: null,
      total: null,
    },
  )
  t.match(tokens({ 'llm.token_count.prompt': 7, 'ai.usage.promptTokens': 9 }), { input: 7 })
  t.match(tokens({ 'gen_ai.usage.input_tokens': -1, 'gen_ai.usage.prompt_tokens': 3 }), { input: 3 })
  t.match(tokens({ 'gen_ai.usage.input_tokens': '12', 'gen_ai.usage.output_tokens': 1.5 }), {
    input: 12,
    output: null,
  })
  const exclusive = {
    'gen_ai.usage.input_tokens': 3,
    'gen_ai.usage.cache_read.input_tokens': 100,
    'gen_ai.usage.output_tokens': 10,
  }
  t.match(tokens(exclusive), { input: 103, output: 10, total: 113, cachedInput: 100 })
  t.match(tokens({ ...exclusive, 'gen_ai.usage.input_tokens': 200 }), { input: 200, total: 210 })
  t.match(tokens({ ...exclusive, 'gen_ai.usage.input_tokens': 200, 'gen_ai.usage.total_tokens': 310 }), {
    input: 300,
    total: 310,
  })
})

t.test('cost is a decimal string, whatever number was sent', async (t) => {
  const cost = (value: unknown) =>
    normalized({ attributes: { 'operation.cost': value } }).cost?.amount ?? null
  t.equal(cost(1.635e-5), '0.00001635')
  t.equal(cost('0.30'), '0.3')
  t.equal(cost(2), '2')
  t.equal(cost(-1), null)
  t.equal(cost(Number.NaN), null)
  t.equal(cost('much'), null)
})

t.test('status: the engine, then control flow, then OTLP; unset is no failure', async (t) => {
  const status = (over: Parameters<typeof normalized>[0]) => normalized(over).status
  const failed = { statusCode: 2 }
  t.equal(status({}), 'ok')
  t.equal(status({ over: failed }), 'error')
  t.equal(status({ attributes: { 'orcheo.node.status': 'failed' }, over: { statusCode: 1 } }), 'error')
  const thrown = (type: string) => [{ name: 'exception', attributes: { 'exception.type': type } }]
  t.equal(status({ over: failed, events: thrown('langgraph.errors.GraphInterrupt') }), 'interrupted')
  t.equal(status({ over: failed, events: thrown('asyncio.exceptions.CancelledError') }), 'cancelled')
  t.equal(status({ over: failed, events: thrown('KeyError') }), 'error')
  const message = "GraphInterrupt((Interrupt(value='ok?'),))"
  t.equal(status({ over: { ...failed, statusMessage: message } }), 'interrupted')
})

t.test('an execution is named by the span, its metadata or its resource', async (t) => {
  const id = (plain: object, resource: object = {}) =>
    normalized({ attributes: { ...plain }, resource: { ...resource } }).executionId
  t.equal(id({}), null)
  t.equal(id({ execution_id: 'baggage' }), 'baggage')
  t.equal(id({ metadata: '{"executionId":"meta"}' }, { 'workflow.execution.id': 'resource' }), 'meta')
  t.equal(id({}, { 'workflow.execution.id': 'resource' }), 'resource')
  t.equal(id({ 'orcheo.execution.id': 'own', metadata: '{"executionId":"meta"}' }), 'own')
  t.equal(id({ metadata: { run_id: 'kvlist' } }), 'kvlist')
  t.equal(id({ metadata: 'not json', 'gen_ai.conversation.id': 'thread' }), null)
})

t.test('a pending span of Logfire is the start of the span above it', async (t) => {
  const span = normalized({
    attributes: { 'logfire.span_type': 'pending_span', 'logfire.pending_parent_id': '0000000000000000' },
  })
  t.match(span, { spanId: 'c3'.repeat(8), parentSpanId: null, endNs: null, status: 'running' })
})

t.test("the parent of LangSmith's root is no span", async (t) => {
  const attributes = { 'langsmith.span.kind': 'chain' }
  const root = normalized({ attributes, over: { parentSpanId: 'a1'.repeat(8) } })
  t.match(root, { parentSpanId: null, kind: 'workflow', notices: [{ code: 'parent_never_exported' }] })
  t.equal(normalized({ attributes }).parentSpanId, 'c3'.repeat(8))
})

t.test('a chain is a workflow at the root or where it names an execution itself', async (t) => {
  const kind = (plain: object, over = {}) =>
    normalized({ attributes: { 'openinference.span.kind': 'CHAIN', ...plain }, over }).kind
  t.equal(kind({}), 'internal')
  t.equal(kind({}, { parentSpanId: '' }), 'workflow')
  t.equal(kind({ 'workflow.execution.id': 'e' }), 'workflow')
  t.equal(kind({ metadata: '{"execution_id":"copied to every span"}' }), 'internal')
})
