import t from 'tap'
import { emitters, type Row } from './emitted.ts'

const { run, told, get } = await emitters(t)
await run('langgraph')

const roles = (content: Row) => content.messages.map((message: Row) => message.role)
const names = (spans: Row[]) => spans.map((span) => span.name)

t.test(
  'LangGraph through OpenInference: an agent loop, an interrupt, and its resume in another trace',
  async (t) => {
    const { summary, of, path } = await told('langgraph')
    t.match(summary, {
      status: 'completed',
      workflow_id: 'emitters',
      thread_id: 'thread-named',
      error_count: 0,
      llm_call_count: 2,
      complete: true,
      tokens: { input: 114, output: 34, cached_input: 64 },
      cost: { amount: '0.0000327', source: 'estimated' },
    })
    t.equal(summary.trace_ids.length, 2, 'resumed in another trace')
    t.strictSame(names(of('workflow')), ['weather-graph', 'weather-graph'])
    t.strictSame(names(of('node')), ['agent', 'tools', 'agent', 'approve', 'approve'])
    t.strictSame(
      of('node').map((node) => [node.node_id, node.state]),
      [
        ['agent', 'ok'],
        ['tools', 'ok'],
        ['agent', 'ok'],
        ['approve', 'interrupted'],
        ['approve', 'ok'],
      ],
    )
    const asked = of('node')[3]
    t.match(asked.error, { type: 'GraphInterrupt', message: /Send it\?/ })
    t.strictSame(names(of('internal')).sort(), ['RunnableLambda', 'RunnableLambda', '__start__'])
    const calls = of('llm')
    for (const call of calls) {
      t.strictSame(path(call), ['workflow', 'node'])
      t.match(call, {
        model: 'gpt-4o-mini',
        provider: 'openai',
        tokens: { input: 57, output: 17, total: 74, cached_input: 32 },
        cost: { amount: '0.00001635', source: 'estimated' },
      })
    }
    t.strictSame(roles(calls[0].input), ['system', 'user'])
    t.match(calls[0].output.messages[0].parts, [
      { type: 'tool_call', name: 'get_weather', arguments: { city: 'Paris' } },
    ])
    t.strictSame(roles(calls[1].input), ['system', 'user', 'assistant', 'tool'])
    t.strictSame(
      calls[1].input.messages.map((message: Row) => message.new),
      [false, false, false, true],
      'what the first call said is not new in the second',
    )
    t.match(calls[1].output.messages[0].parts, [{ type: 'text', content: 'It is 18 degrees in Paris.' }])
    const [tool] = of('tool')
    t.equal(tool.name, 'get_weather')
    t.strictSame(path(tool), ['workflow', 'node'])
    t.equal(tool.input.value, 'Paris', 'the instrumentation sends the only argument alone')
    t.match(tool.output.messages[0].parts, [{ type: 'tool_result', id: 'call_1', result: { degrees: 18 } }])
  },
)

t.test('without an execution id each half is an execution, and the thread lists both', async (t) => {
  const list: Row[] = await get('/api/workflows/emitters/executions?thread_id=thread-loose')
  t.strictSame(
    list.map(({ status }) => status),
    ['completed', 'interrupted'],
    'the newest first: the half that waited stays interrupted',
  )
  t.strictSame(
    list.map(({ thread_id }) => thread_id),
    ['thread-loose', 'thread-loose'],
  )
  t.strictSame(await get('/api/workflows/emitters/executions?thread_id=nobody'), [])
})
