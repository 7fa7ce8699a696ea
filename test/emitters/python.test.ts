import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { OTEL_PYTHON, pythonWith } from '../helpers/python.ts'
import { chatServer } from './emit/chat.ts'
import { emitters, type Row } from './emitted.ts'

const PYDANTIC_AI = [...OTEL_PYTHON.slice(0, 2), 'pydantic-ai-slim[openai]==2.68.0']

const { address, grpc, told, get } = await emitters(t)
const script = (name: string) => fileURLToPath(new URL(`emit/${name}.py`, import.meta.url))
const roles = (content: Row) => content.messages.map((message: Row) => message.role)

/** The same spans, whatever carried them. */
async function sdk(t: Test, execution: string) {
  const { summary, rows, of } = await told(execution)
  t.match(summary, { status: 'completed', workflow_id: 'emitters', span_count: 5, error_count: 2 })
  t.match(summary, { complete: true, llm_call_count: 1, cost: { amount: '0.0006', source: 'estimated' } })
  const byName = new Map(rows.map((row) => [row.name, row]))
  const parent = (name: string) => rows.find((row) => row.span_id === byName.get(name)?.parent_span_id)?.name
  t.strictSame(['fetch', 'think', 'store', 'write'].map(parent), ['nightly', 'nightly', 'nightly', 'store'])
  const [fetch] = of('downstream')
  t.match(fetch, { state: 'error', otel_kind: 'client', error: { type: '503' } })
  t.match(fetch.attributes, { sizes: [1, 2, 3], ratio: 0.1, ok: false })
  t.equal(String(fetch.attributes.big), String(2n ** 62n), 'exact')
  const [think] = of('llm')
  t.match(think, { model: 'claude-sonnet-4-0', provider: 'anthropic', tokens: { total: 120 } })
  t.match(think.links, [{ attributes: { why: 'resumes' } }])
  t.match(think.events, [{ name: 'progress', attributes: { step: 1, note: 'half way – ½' } }])
  t.match(think.scope, { name: 'runner', version: '1.2.3', attributes: { team: 'ops' } })
  const failed = of('internal').find(({ name }) => name === 'write')
  t.match(failed.error, { type: 'ValueError', message: 'ValueError: disk full', stack: /Traceback/ })
}

t.test('the OpenTelemetry SDK for Python, by HTTP and gRPC', async (t) => {
  const python = await pythonWith(OTEL_PYTHON)
  if (python === null) return
  const env = { SERVICE_TOKEN: address.token }
  await python.run([script('otel_sdk')], {
    ...env,
    SERVICE_URL: address.url,
    EXECUTION_ID: 'py-http',
    PROTOCOL: 'http',
  })
  await sdk(t, 'py-http')
  const { port } = await grpc()
  await python.run([script('otel_sdk')], {
    ...env,
    SERVICE_URL: `http://127.0.0.1:${port}`,
    EXECUTION_ID: 'py-grpc',
    PROTOCOL: 'grpc',
  })
  await sdk(t, 'py-grpc')
})

t.test('pydantic-ai, every version of its format that it still writes', async (t) => {
  const python = await pythonWith(PYDANTIC_AI)
  if (python === null) return
  const chat = await chatServer()
  t.teardown(() => chat.close())
  await python.run([script('pydantic_agent')], {
    SERVICE_URL: address.url,
    SERVICE_TOKEN: address.token,
    CHAT_URL: chat.baseURL,
  })
  for (const version of ['2', '3', '4', '5', '6', 'repeating', 'silent']) {
    t.test(version, async (t) => {
      const { summary, of, path } = await told(`pydantic-${version}`)
      t.match(summary, {
        status: 'completed',
        thread_id: 'talk-1',
        span_count: 5,
        llm_call_count: 2,
        complete: true,
        // the agent repeats what its calls report, under one name or the other
        tokens: { input: 114, output: 34, total: 148, cached_input: 64 },
        cost: { amount: '0.0000327', source: 'reported' },
      })
      const [agent] = of('agent')
      t.match(agent.tokens, { input: 114, output: 34 })
      const calls = of('llm')
      t.equal(calls.length, 2)
      for (const call of calls) {
        t.strictSame(path(call), ['workflow', 'agent'])
        t.match(call, { model: 'gpt-4o-mini-2024-07-18', provider: 'openai', tokens: { total: 74 } })
        t.match(call.cost, { amount: '0.00001635', source: 'reported' })
      }
      const [tool] = of('tool')
      if (version === 'silent') {
        t.equal(tool.input.value, null)
        return
      }
      t.match(tool.input.value, { city: 'Paris' })
      t.match(tool.output.value, { degrees: 18 })
      t.strictSame(roles(calls[0].input), ['system', 'user'])
      t.strictSame(roles(calls[1].input), ['system', 'user', 'assistant', 'tool'])
      t.match(calls[1].input.messages[3].parts, [
        { type: 'tool_result', id: 'call_1', result: { degrees: 18 } },
      ])
      t.match(calls[1].output.messages[0].parts, [{ type: 'text', content: 'It is 18 degrees in Paris.' }])
      t.match(agent.output.messages.at(-1).parts, [{ content: 'It is 18 degrees in Paris.' }])
      t.match(calls[0].tools, [{ type: 'function', name: 'get_weather' }], 'what the model was offered')
    })
  }
  const list: Row[] = await get('/api/workflows/emitters/executions?thread_id=talk-1')
  t.equal(list.length, 7, 'one conversation')
})
