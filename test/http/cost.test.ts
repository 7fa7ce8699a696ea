import { readFileSync } from 'node:fs'
import t from 'tap'
import { PRICE_VERSION } from '../../src/normalize/price.ts'
import { realService } from './real-service.ts'

const everything = { scope: 'traces:write traces:read content:read' }
const service = await realService(t)
const get = async (path: string) => (await service.as(everything, 'GET', path)).json

const int = (key: string, intValue: number) => ({ key, value: { intValue } })
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })
let ids = 0
const call = (...attributes: object[]) => ({
  traceId: 'c'.repeat(32),
  spanId: (++ids).toString(16).padStart(16, '0'),
  parentSpanId: 'f'.repeat(16),
  name: 'chat',
  startTimeUnixNano: '1790000000000000000',
  endTimeUnixNano: '1790000001000000000',
  attributes: [text('gen_ai.operation.name', 'chat'), ...attributes],
})
const usage = (input: number, output: number) => [
  int('gen_ai.usage.input_tokens', input),
  int('gen_ai.usage.output_tokens', output),
]
const openai = [text('gen_ai.provider.name', 'openai'), text('gen_ai.request.model', 'gpt-4o-mini')]
const root = {
  ...call(text('workflow.execution.id', 'cost-1'), text('workflow.id', 'wf'), ...openai, ...usage(300, 30)),
  spanId: 'f'.repeat(16),
  parentSpanId: '',
  name: 'agent',
}
root.attributes[0] = text('gen_ai.operation.name', 'invoke_agent')

const spans = [
  root,
  call(...openai, ...usage(100, 10)),
  call(...openai, ...usage(100, 10), { key: 'gen_ai.usage.cost', value: { doubleValue: 0.5 } }),
  call(text('gen_ai.provider.name', 'house'), text('gen_ai.request.model', 'house-7b'), ...usage(100, 10)),
]
const sent = await service.as(
  everything,
  'POST',
  '/v1/traces',
  JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  { 'content-type': 'application/json' },
)
t.equal(sent.text, '{}')

t.test('reported, estimated and unknown stay apart, from the span to the list', async (t) => {
  const cost = async (id: number) =>
    (await get(`/api/executions/cost-1/spans/${id.toString(16).padStart(16, '0')}`)).cost
  // 100 × 0.15 and 10 × 0.60 millionths
  t.match(await cost(2), { amount: '0.000021', source: 'estimated', price_version: PRICE_VERSION })
  t.match(await cost(3), { amount: '0.5', source: 'reported', price_version: undefined })
  t.match(await cost(4), { amount: null, source: null })
  const whole = { amount: '0.500021', currency: 'USD', source: 'mixed', unknown_calls: 1 }
  const summary = await get('/api/executions/cost-1/trace/summary')
  t.strictSame(summary.cost, whole)
  t.equal(summary.tokens.input, 300, 'the agent repeats its calls')
  t.strictSame((await get('/api/workflows/wf/executions'))[0].cost, whole)
  t.match(
    summary.by_model.map(({ cost }: { cost: object }) => cost),
    [
      { source: 'mixed', unknown_calls: 0 },
      { amount: null, unknown_calls: 1 },
    ],
  )
})

t.test('a span tells what all below it used', async (t) => {
  const of = (span: string) => get(`/api/executions/cost-1/spans/${span}/usage`)
  const summary = await get('/api/executions/cost-1/trace/summary')
  const whole = await of('f'.repeat(16))
  t.match(whole, { tokens: summary.tokens, cost: summary.cost, llm_call_count: summary.llm_call_count })
  t.match(whole, { aggregated: false, by_model: summary.by_model })
  t.match(await of('2'.padStart(16, '0')), {
    span_count: 1,
    cost: { amount: '0.000021' },
    tokens: { input: 100 },
  })
  const missing = await service.as(everything, 'GET', `/api/executions/cost-1/spans/${'9'.repeat(16)}/usage`)
  t.equal(missing.status, 404)
})

t.test('an agent that repeats what its calls report costs nothing of its own', async (t) => {
  const detail = await get(`/api/executions/cost-1/spans/${'f'.repeat(16)}`)
  t.equal(detail.cost.amount, null)
  t.equal(detail.tokens.input, 300)
})

t.test('every number of tokens says which attribute gave it', async (t) => {
  const body = readFileSync(
    new URL('../fixtures/otlp/arizeai-openinference-instrumentation-openai.json', import.meta.url),
  )
  await service.as(everything, 'POST', '/v1/traces', body, { 'content-type': 'application/json' })
  const detail = await get(`/api/executions/cost-1/spans/${'2'.padStart(16, '0')}`)
  t.strictSame(detail.token_sources, {
    input: 'gen_ai.usage.input_tokens',
    output: 'gen_ai.usage.output_tokens',
    total: 'input + output',
    cached_input: null,
    cache_write_input: null,
    reasoning_output: null,
  })
  const { rows } = await service.database.ingest.query(
    `select encode(trace_id, 'hex') as trace, encode(span_id, 'hex') as span from spans
     where cached_input_tokens > 0 limit 1`,
  )
  const other = await get(`/api/executions/${rows[0].trace}/spans/${rows[0].span}`)
  t.match(other.token_sources, {
    input: 'llm.token_count.prompt',
    total: 'llm.token_count.total',
    cached_input: 'llm.token_count.prompt_details.cache_read',
  })
})
