import t, { type Test } from 'tap'
import { emitters, type Row } from './emitted.ts'

const { emitted } = await emitters(t)

const roles = (content: Row) => content.messages.map((message: Row) => message.role)
const counted = { input: 57, output: 17, total: 74, cached_input: 32 }
/** 25 × 0.15, 32 × 0.075 and 17 × 0.60 millionths of a dollar. */
const priced = { amount: '0.00001635', source: 'estimated' }

/** What every library says of the same two calls. */
function conversation(t: Test, [first, second]: Row[], tokens: object, cost: object) {
  t.match(first, { model: 'gpt-4o-mini-2024-07-18', provider: 'openai', tokens, cost })
  t.strictSame(roles(first.input), ['system', 'user'])
  t.match(first.input.messages[1].parts, [{ type: 'text', content: 'What is the weather in Paris?' }])
  t.match(first.output.messages[0].parts, [
    { type: 'tool_call', name: 'get_weather', arguments: { city: 'Paris' } },
  ])
  t.strictSame(roles(second.input), ['system', 'user', 'assistant', 'tool'])
  t.match(second.input.messages[3].parts, [{ type: 'tool_result', id: 'call_1' }])
  t.match(second.output.messages[0].parts, [{ type: 'text', content: 'It is 18 degrees in Paris.' }])
}

t.test('OpenInference: OpenAI', async (t) => {
  const { summary, of, path } = await emitted('openinference')
  const calls = of('llm')
  t.equal(calls.length, 2)
  conversation(t, calls, counted, priced)
  t.strictSame(path(calls[0]), ['workflow'])
  t.match(summary, {
    llm_call_count: 2,
    tokens: { input: 114, output: 34 },
    cost: { amount: '0.0000327' },
    complete: true,
  })
})

t.test('Traceloop: OpenAI', async (t) => {
  const { summary, of } = await emitted('traceloop')
  const calls = of('llm')
  t.equal(calls.length, 2)
  conversation(t, calls, { input: 57, output: 17, total: 74 }, { source: 'estimated' })
  t.match(summary, { llm_call_count: 2, tokens: { input: 114, output: 34 }, complete: true })
})

t.test('OpenInference and Traceloop on one client: four spans, two calls', async (t) => {
  const { summary, of } = await emitted('both')
  t.equal(of('llm').length, 4)
  // of each call the span counts that tells more: here the outer one, which says what was cached
  t.match(summary, {
    llm_call_count: 2,
    tokens: { input: 114, output: 34, total: 148, cached_input: 64 },
    cost: { amount: '0.0000327' },
    complete: true,
  })
})

t.test('OpenTelemetry GenAI: OpenAI, its content as log records', async (t) => {
  const { summary, of } = await emitted('otel-genai')
  const calls = of('llm')
  t.equal(calls.length, 2)
  conversation(t, calls, { input: 57, output: 17 }, { source: 'estimated' })
  t.match(summary, { llm_call_count: 2, tokens: { input: 114, output: 34 }, complete: true })
})

t.test('Vercel AI SDK: an agent of two steps with a tool', async (t) => {
  const { summary, of, path } = await emitted('vercel-ai')
  const calls = of('llm')
  t.equal(calls.length, 2)
  t.match(calls[0], { provider: 'openai', tokens: { input: 57, output: 17, cached_input: 32 }, cost: priced })
  t.strictSame(path(calls[0]), ['workflow', 'agent'])
  t.strictSame(roles(calls[0].input), ['system', 'user'])
  t.strictSame(roles(calls[1].input), ['system', 'user', 'assistant', 'tool'])
  t.match(calls[1].output.messages[0].parts, [{ type: 'text', content: 'It is 18 degrees in Paris.' }])
  const [tool] = of('tool')
  t.match(tool.input.value, { city: 'Paris' })
  t.match(tool.output.value, { degrees: 18 })
  t.match(summary, { llm_call_count: 2, tokens: { input: 114, output: 34 }, cost: { amount: '0.0000327' } })
})

t.test('Langfuse: agent, generation with its cost, a tool that failed by its level', async (t) => {
  const { summary, of, path } = await emitted('langfuse')
  const [call] = of('llm')
  t.match(call, { model: 'gpt-4o-mini', tokens: counted, cost: { amount: '0.25', source: 'reported' } })
  t.strictSame(path(call), ['workflow', 'agent'])
  t.strictSame(roles(call.input), ['system', 'user'])
  t.match(call.output.messages[0].parts, [{ type: 'text', content: 'It is 18 degrees in Paris.' }])
  const [tool] = of('tool')
  t.match(tool, { state: 'error', error: { message: 'no such city' } })
  t.match(summary, { error_count: 1, llm_call_count: 1, cost: { amount: '0.25', source: 'reported' } })
})
