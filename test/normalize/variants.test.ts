import { expectAll } from './support/expect.ts'

const json = JSON.stringify
const png = `iVBORw0KGgo${'A'.repeat(93)}`
const said = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] })

expectAll([
  {
    family: 'Strands: the content of events is a list of Bedrock parts as JSON text',
    sent: {
      attributes: { 'gen_ai.operation.name': 'chat' },
      events: [
        { name: 'gen_ai.user.message', attributes: { content: json([{ text: 'Hi' }]) } },
        {
          name: 'gen_ai.assistant.message',
          attributes: { content: json([{ toolUse: { toolUseId: 't1', name: 'f', input: { a: 1 } } }]) },
        },
        {
          name: 'gen_ai.tool.message',
          attributes: {
            content: json([
              { toolResult: { toolUseId: 't1', status: 'success', content: [{ text: '18' }] } },
            ]),
          },
        },
        {
          name: 'gen_ai.choice',
          attributes: { message: json([{ text: 'Yo' }]), finish_reason: 'end_turn' },
        },
      ],
    },
    seen: { kind: 'llm' },
    input: [
      said('user', 'Hi'),
      { role: 'assistant', parts: [{ type: 'tool_call', id: 't1', name: 'f', arguments: { a: 1 } }] },
      { role: 'tool', parts: [{ type: 'tool_result', id: 't1' }] },
    ],
    output: [{ ...said('assistant', 'Yo'), finish_reason: 'end_turn' }],
  },
  {
    family: 'OpenTelemetry: input and output come in two operation events, instructions apart',
    sent: {
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.system_instructions': json([{ type: 'text', content: 'Be brief' }]),
      },
      events: [
        {
          name: 'gen_ai.client.inference.operation.details',
          attributes: { 'gen_ai.input.messages': json([said('user', 'Hi')]) },
        },
        {
          name: 'gen_ai.client.inference.operation.details',
          attributes: { 'gen_ai.output.messages': json([said('assistant', 'Yo')]) },
        },
      ],
    },
    seen: { kind: 'llm' },
    input: [said('system', 'Be brief'), said('user', 'Hi')],
    output: [said('assistant', 'Yo')],
  },
  {
    family: 'OpenInference: an audio part, and a function call of old',
    sent: {
      attributes: {
        'openinference.span.kind': 'LLM',
        'llm.input_messages.0.message.role': 'user',
        'llm.input_messages.0.message.contents.0.message_content.type': 'audio',
        'llm.input_messages.0.message.contents.0.message_content.audio.audio.url':
          'https://example.com/a.wav',
        'llm.output_messages.0.message.role': 'assistant',
        'llm.output_messages.0.message.function_call_name': 'f',
        'llm.output_messages.0.message.function_call_arguments_json': '{"a":1}',
      },
    },
    seen: { kind: 'llm' },
    input: [{ role: 'user', parts: [{ type: 'audio', uri: 'https://example.com/a.wav' }] }],
    output: [{ role: 'assistant', parts: [{ type: 'tool_call', name: 'f', arguments: { a: 1 } }] }],
  },
  {
    family: 'OpenInference: the raw answer tells the provider’s id, an order’s id it is not',
    sent: {
      attributes: {
        'openinference.span.kind': 'LLM',
        'output.value': json({
          id: 'chatcmpl-9',
          choices: [{ message: { role: 'assistant', content: 'Yo' } }],
        }),
      },
    },
    seen: { responseId: 'chatcmpl-9' },
    output: [said('assistant', 'Yo')],
  },
  {
    family: 'OpenInference: ids of other things are no response id',
    sent: { attributes: { 'openinference.span.kind': 'TOOL', 'output.value': json({ id: 'order-9' }) } },
    seen: { responseId: null },
  },
  {
    family: 'Vercel: a picture as bare base64 never is an address',
    sent: {
      attributes: {
        'ai.operationId': 'ai.generateText.doGenerate',
        'ai.prompt.messages': json([
          { role: 'user', content: [{ type: 'image', image: png, mimeType: 'image/png' }] },
        ]),
      },
    },
    seen: { kind: 'llm' },
    input: [{ role: 'user', parts: [{ type: 'image', media_type: 'image/png', size: 78, uri: null }] }],
  },
  {
    family: 'Anthropic: who answers with tool results alone is the tool',
    sent: {
      attributes: {
        'langsmith.span.kind': 'llm',
        'gen_ai.prompt': json({
          messages: [
            { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: '18' }] },
            {
              role: 'user',
              content: [
                { type: 'tool_result', tool_use_id: 't1', content: '18' },
                { type: 'text', text: 'so?' },
              ],
            },
          ],
        }),
      },
    },
    seen: { kind: 'llm' },
    input: [{ role: 'tool' }, { role: 'user' }],
  },
  {
    family: 'OpenTelemetry: a cancelled call that says so only in error.type',
    sent: {
      attributes: { 'gen_ai.operation.name': 'chat', 'error.type': 'asyncio.exceptions.CancelledError' },
      over: { statusCode: 2 },
    },
    seen: { status: 'cancelled' },
  },
  {
    family: 'OpenTelemetry: a failure below which somebody was cancelled is a failure',
    sent: {
      over: {
        statusCode: 2,
        statusMessage:
          'Traceback (most recent call last):\n  File "a.py"\nasyncio.exceptions.CancelledError: x\n\nDuring handling …\n\nValueError: no',
      },
    },
    seen: { status: 'error' },
  },
  {
    family: 'LangGraph: the metadata as a kvlist',
    sent: {
      name: 'planner',
      attributes: {
        'openinference.span.kind': 'CHAIN',
        metadata: { ls_integration: 'langgraph', thread_id: 'th-1', execution_id: 'ex-1' },
      },
      over: { parentSpanId: '' },
    },
    seen: { kind: 'workflow', workflowName: 'planner', threadId: 'th-1', executionId: 'ex-1' },
  },
])
