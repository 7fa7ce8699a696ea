import t from 'tap'
import { readContent } from '../../src/normalize/content.ts'
import { normalized } from './support/sent.ts'
import { summarize } from './support/summary.ts'

const json = JSON.stringify

/** The lines of a span's conversation. */
const said = (attributes: Record<string, unknown>, side: 'input' | 'output') =>
  summarize(normalized({ attributes }))[side]

t.test('a call that stands among the contents and in the list beside them is one call', async (t) => {
  const call = (at: string) => ({
    [`${at}.tool_call.id`]: 'toolu_1',
    [`${at}.tool_call.function.name`]: 'get_weather',
    [`${at}.tool_call.function.arguments`]: '{"city": "Paris"}',
  })
  const m = 'llm.output_messages.0.message'
  const sent = {
    'openinference.span.kind': 'LLM',
    [`${m}.role`]: 'assistant',
    [`${m}.contents.0.message_content.type`]: 'text',
    [`${m}.contents.0.message_content.text`]: 'Let me look.',
    [`${m}.contents.1.message_content.type`]: 'tool_use',
    ...call(`${m}.contents.1`),
    ...call(`${m}.tool_calls.0`),
  }
  t.same(said(sent, 'output'), ['assistant: Let me look. | <call toolu_1 get_weather> {"city":"Paris"}'])
})

t.test('of a chain’s messages OpenInference tells the first alone: its value has all', async (t) => {
  const sent = {
    'openinference.span.kind': 'CHAIN',
    'llm.input_messages.0.message.role': 'system',
    'llm.input_messages.0.message.content': 'Be brief.',
    'input.value': json({
      messages: [
        ['system', 'Be brief.'],
        ['user', 'Weather?'],
      ],
    }),
  }
  t.same(said(sent, 'input'), ['system: Be brief.', 'user: Weather?'])
})

t.test('a streamed chunk has no role: what comes out is the assistant’s', async (t) => {
  const sent = {
    'gen_ai.output.messages': json([{ role: 'unknown', parts: [{ type: 'text', content: 'Hi' }] }]),
  }
  t.same(said(sent, 'output'), ['assistant: Hi'])
})

t.test('an empty text is no part; a summary of reasoning in JSON is read', async (t) => {
  const summary = json([{ type: 'summary_text', text: 'The user asks.' }])
  const parts = [
    { type: 'text', content: '' },
    { type: 'reasoning', content: summary },
    { type: 'tool_call', id: 'c1', name: 'look', arguments: {} },
  ]
  const sent = { 'gen_ai.output.messages': json([{ role: 'assistant', parts }]) }
  t.same(said(sent, 'output'), ['assistant: <reasoning> The user asks. | <call c1 look> {}'])
})

t.test('what a tool answered to Bedrock is unwrapped', async (t) => {
  const answer = (result: unknown) => {
    const parts = [{ type: 'tool_call_response', id: 'tu_1', response: result }]
    const { input } = readContent(
      normalized({ attributes: { 'gen_ai.input.messages': json([{ role: 'tool', parts }]) } }),
    )
    return input.messages[0]?.parts[0]
  }
  t.match(answer([{ json: { degrees: 21 } }]), { type: 'tool_result', result: { degrees: 21 } })
  t.match(answer([{ text: 'warm' }, { text: 'and dry' }]), { result: 'warm\nand dry' })
})

t.test('what LangChain’s callbacks were called with is unwrapped', async (t) => {
  const value = (given: object) => {
    const attributes = { 'traceloop.entity.input': json(given), 'traceloop.span.kind': 'task' }
    return readContent(normalized({ attributes })).input.value
  }
  t.same(value({ inputs: { q: 'Weather?' }, tags: [], metadata: {}, kwargs: { name: 'Chain' } }), {
    q: 'Weather?',
  })
  t.same(value({ query: 'Paris', tags: ['a'], metadata: {}, kwargs: {} }), 'Paris')
  t.same(value({ args: [], kwargs: { city: 'Paris' } }), { args: [], kwargs: { city: 'Paris' } })
})

t.test('what Strands’ tools were called with and answered is told by events', async (t) => {
  const { input, output } = readContent(
    normalized({
      attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'look' },
      events: [
        { name: 'gen_ai.tool.message', attributes: { role: 'tool', content: '{"city": "Paris"}', id: 'c1' } },
        { name: 'gen_ai.choice', attributes: { message: '[{"text": "{\\"degrees\\":21}"}]', id: 'c1' } },
      ],
    }),
  )
  t.same(input, { messages: [], value: { city: 'Paris' } })
  t.same(output, { messages: [], value: { degrees: 21 } })
})

t.test('prompts of Strands, of Haystack’s steps and of LiteLLM’s raw requests are content', async (t) => {
  const { content } = normalized({
    attributes: {
      system_prompt: 'Be brief.',
      'haystack.agent.step.tool.input': '{"city": "Paris"}',
      'haystack.agent.step': 0,
      'llm.openai.messages': "[{'role': 'user', 'content': 'Weather?'}]",
    },
  })
  t.same([...content.keys()], ['system_prompt', 'haystack.agent.step.tool.input', 'llm.openai.messages'])
})

t.test('a tool is called by its name, whatever Logfire’s message says', async (t) => {
  const sent = { 'gen_ai.tool.name': 'look', 'logfire.msg': 'running tool: look' }
  t.equal(summarize(normalized({ attributes: sent })).title, 'look')
})
