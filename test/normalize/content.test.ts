import { createHash } from 'node:crypto'
import t from 'tap'
import { isContentEvent, readContent } from '../../src/normalize/content.ts'
import { attributes, normalized, type Plain, type Sent } from './support/sent.ts'

const json = JSON.stringify
const PIXEL = 'iVBORw0KGgo='
const pixel = createHash('sha256').update(Buffer.from(PIXEL, 'base64')).digest('hex')

const read = (plain: Plain, events: Sent['events'] = []) =>
  readContent(normalized({ attributes: plain, events }))

t.test('Anthropic: system beside the messages, pictures, tool use and result, thinking', async (t) => {
  const { input, output } = read({
    'input.value': json({
      model: 'claude',
      system: [{ type: 'text', text: 'Be kind' }],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } },
            { type: 'text', text: 'what?' },
          ],
        },
        { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'f', input: { a: 1 } }] },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 't1', content: [{ type: 'text', text: '{"r":1}' }] }],
        },
      ],
    }),
    'output.value': json({
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'hm' },
        { type: 'text', text: 'ok' },
      ],
      stop_reason: 'end_turn',
    }),
  })
  t.same(input.messages, [
    { role: 'system', parts: [{ type: 'text', content: 'Be kind' }] },
    {
      role: 'user',
      parts: [
        { type: 'image', media_type: 'image/png', size: 8, sha256: pixel, uri: null },
        { type: 'text', content: 'what?' },
      ],
    },
    { role: 'assistant', parts: [{ type: 'tool_call', id: 't1', name: 'f', arguments: { a: 1 } }] },
    { role: 'tool', parts: [{ type: 'tool_result', id: 't1', name: null, result: { r: 1 } }] },
  ])
  t.same(output.messages, [
    {
      role: 'assistant',
      parts: [
        { type: 'reasoning', content: 'hm' },
        { type: 'text', content: 'ok' },
      ],
      finish_reason: 'end_turn',
    },
  ])
  t.notMatch(json(input.value), PIXEL, 'nor does the raw value carry the picture')
})

t.test("OpenAI's Responses: instructions, items of calls, reasoning summaries", async (t) => {
  const { input, output } = read({
    'input.value': json({
      model: 'gpt',
      instructions: 'Be brief',
      input: [
        { role: 'user', content: [{ type: 'input_image', image_url: 'https://x/y.png' }] },
        { type: 'function_call', call_id: 'c', name: 'f', arguments: '{"a":1}' },
        { type: 'function_call_output', call_id: 'c', output: '{"b":2}' },
      ],
    }),
    'output.value': json({
      output: [
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'T' }] },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'R' }] },
      ],
    }),
  })
  t.match(input.messages, [
    { role: 'system' },
    { role: 'user', parts: [{ type: 'image', uri: 'https://x/y.png' }] },
    { role: 'assistant', parts: [{ type: 'tool_call', id: 'c', name: 'f', arguments: { a: 1 } }] },
    { role: 'tool', parts: [{ type: 'tool_result', id: 'c', result: { b: 2 } }] },
  ])
  t.match(output.messages, [
    { parts: [{ type: 'reasoning', content: 'T' }] },
    { parts: [{ type: 'text', content: 'R' }] },
  ])
})

t.test('OpenTelemetry parts: blob, uri, file, and types not known', async (t) => {
  const { input } = read({
    'gen_ai.system_instructions': [{ type: 'text', content: 'sys' }],
    'gen_ai.input.messages': [
      {
        role: 'user',
        parts: [
          { type: 'blob', modality: 'image', mime_type: 'image/png', content: PIXEL },
          { type: 'uri', modality: 'audio', uri: 'https://x/a.wav' },
          { type: 'file', modality: 'image', file_id: 'f_1' },
          { type: 'weird', x: 1 },
        ],
      },
    ],
  })
  t.match(input.messages, [
    { role: 'system' },
    {
      role: 'user',
      parts: [
        { type: 'image', media_type: 'image/png', size: 8, sha256: pixel },
        { type: 'audio', uri: 'https://x/a.wav' },
        { type: 'image', uri: 'f_1' },
        { type: 'json', content: { type: 'weird', x: 1 } },
      ],
    },
  ])
})

t.test(
  'the older generations: events, JSON in one attribute of an event, prompt and completion',
  async (t) => {
    const said = { role: 'assistant', parts: [{ type: 'text', content: 'yo' }] }
    const asked = { role: 'user', parts: [{ type: 'text', content: 'hi' }] }
    const events = read({}, [
      { name: 'gen_ai.user.message', attributes: { content: 'hi' } },
      {
        name: 'gen_ai.choice',
        attributes: { 'gen_ai.event.content': json({ finish_reason: 'stop', message: { content: 'yo' } }) },
      },
    ])
    t.same(events.input.messages, [asked])
    t.same(events.output.messages, [{ ...said, finish_reason: 'stop' }])
    const content = read({}, [
      {
        name: 'gen_ai.content.prompt',
        attributes: { 'gen_ai.prompt': json([{ role: 'user', content: 'hi' }]) },
      },
      { name: 'gen_ai.content.completion', attributes: { 'gen_ai.completion': 'yo' } },
    ])
    t.same([content.input.messages, content.output.messages], [[asked], [said]])
    const plain = read({ 'gen_ai.prompt': 'hi', 'gen_ai.completion': 'yo' })
    t.same([plain.input.messages, plain.output.messages], [[asked], [said]])
  },
)

t.test('the order of sources: structured before events before values; empty is nothing', async (t) => {
  const both = {
    'gen_ai.input.messages': json([{ role: 'user', parts: [{ type: 'text', content: 'structured' }] }]),
    'input.value': json([{ role: 'user', content: 'value' }]),
  }
  const event = [{ name: 'gen_ai.user.message', attributes: { content: 'event' } }]
  const first = (plain: Plain) => read(plain, event).input.messages[0]?.parts[0]
  t.match(first(both), { content: 'structured' })
  t.match(first({ 'input.value': both['input.value'] }), { content: 'event' })
  t.same(read({ 'gen_ai.input.messages': '[]', 'input.value': 'real' }).input, {
    messages: [],
    value: 'real',
  })
  t.same(read({}).input, { messages: [], value: null })
})

t.test('JSON is parsed however often it was encoded; what is no JSON stays as it is', async (t) => {
  t.same(read({ 'input.value': json(json({ a: 1 })) }).input.value, { a: 1 })
  t.equal(read({ 'input.value': "{'a': 1}" }).input.value, "{'a': 1}")
  t.equal(read({ 'input.value': '__REDACTED__' }).input.value, '__REDACTED__')
  t.equal(read({ 'output.value': `[${'['.repeat(50_000)}` }).output.value, `[${'['.repeat(50_000)}`)
})

t.test('hostile keys cost nothing and lead nowhere', async (t) => {
  const { input } = read({
    'llm.input_messages.999999999.message.content': 'last',
    'llm.input_messages.0.message.content': 'first',
    'llm.input_messages.0.message.__proto__.polluted': 'x',
    'llm.input_messages.x.message.content': 'no index',
    [`llm.input_messages.1${'.a'.repeat(100)}`]: 'too deep',
  })
  t.match(input.messages, [{ parts: [{ content: 'first' }] }, { parts: [{ content: 'last' }] }])
  t.equal(input.messages.length, 2)
  t.equal(({} as Plain).polluted, undefined)
})

t.test('tools: definitions of each dialect', async (t) => {
  const tool = { type: 'function', name: 'f' }
  t.same(read({ 'gen_ai.tool.definitions': json([tool]) }).tools, [tool])
  t.same(read({ 'ai.prompt.tools': [json(tool)] }).tools, [tool])
  t.same(read({ 'llm.tools.0.tool.json_schema': json(tool) }).tools, [tool])
  t.same(read({ 'llm.request.functions.0.name': 'f' }).tools, [{ name: 'f' }])
  t.same(read({ 'input.value': json({ messages: [], tools: [tool] }) }).tools, [tool])
})

t.test('events that hold content are told from those that do not', async (t) => {
  const is = (name: string, plain: Plain = {}) => isContentEvent({ name, attributes: attributes(plain) })
  t.ok(is('gen_ai.choice'))
  t.ok(is('prompt', { preview: 'x' }))
  t.ok(is('custom', { 'gen_ai.input.messages': '[]' }))
  t.notOk(is('exception', { 'exception.message': 'x' }))
  t.notOk(is('token.chunk', { input: 1530, output: 212, reason: 'high_usage' }))
})
