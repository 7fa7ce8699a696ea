import t from 'tap'
import { expectAll } from './support/expect.ts'
import { normalized } from './support/sent.ts'

const json = JSON.stringify

/** What libraries of JavaScript were seen to send. */
expectAll([
  {
    family: 'Genkit: a step of a flow is a node',
    sent: {
      name: 'prepare',
      attributes: { 'genkit:type': 'flowStep', 'genkit:name': 'prepare', 'genkit:output': '"Weather?"' },
    },
    seen: { kind: 'node', nodeId: 'prepare', nodeName: 'prepare' },
  },
  {
    family: 'Genkit: the loop around a model repeats the usage of its last call',
    sent: {
      name: 'generate',
      attributes: {
        'genkit:type': 'util',
        'genkit:name': 'generate',
        'genkit:output': json({ usage: { inputTokens: 57, outputTokens: 17, totalTokens: 74 } }),
      },
    },
    seen: { kind: 'internal', tokensAggregated: true },
  },
  {
    family: 'Genkit: a call tells its cache and reasoning, a compatible provider only in the raw answer',
    sent: {
      attributes: {
        'genkit:metadata:subtype': 'model',
        'genkit:name': 'openai/gpt-4o-mini',
        'genkit:output': json({
          finishReason: 'stop',
          message: {
            role: 'model',
            content: [{ toolRequest: { name: 'look', ref: 'c1', input: { city: 'Paris' } } }],
          },
          usage: { inputTokens: 57, outputTokens: 17, totalTokens: 74 },
          raw: {
            id: 'chatcmpl-9',
            model: 'gpt-4o-mini-2024-07-18',
            usage: {
              prompt_tokens_details: { cached_tokens: 32 },
              completion_tokens_details: { reasoning_tokens: 5 },
            },
          },
        }),
      },
    },
    seen: {
      kind: 'llm',
      model: 'gpt-4o-mini-2024-07-18',
      provider: 'openai',
      responseId: 'chatcmpl-9',
      finishReason: 'stop',
      tokens: { input: 57, output: 17, total: 74, cachedInput: 32, reasoningOutput: 5 },
    },
    output: [
      {
        role: 'assistant',
        parts: [{ type: 'tool_call', id: 'c1', name: 'look', arguments: { city: 'Paris' } }],
      },
    ],
  },
  {
    family: 'Genkit: Gemini’s thoughts are no part of its output',
    sent: {
      attributes: {
        'genkit:metadata:subtype': 'model',
        'genkit:name': 'googleai/gemini-2.5-flash',
        'genkit:output': json({
          usage: {
            inputTokens: 57,
            outputTokens: 12,
            totalTokens: 74,
            thoughtsTokens: 5,
            cachedContentTokens: 32,
          },
        }),
      },
    },
    seen: { tokens: { input: 57, output: 17, total: 74, cachedInput: 32, reasoningOutput: 5 } },
  },
  {
    family: 'Genkit: its parts are told by their member',
    sent: {
      attributes: {
        'genkit:metadata:subtype': 'model',
        'genkit:input': json({
          messages: [
            {
              role: 'user',
              content: [{ text: 'Look.' }, { media: { url: 'data:image/png;base64,aGVsbG8=' } }],
            },
            {
              role: 'tool',
              content: [{ toolResponse: { name: 'look', ref: 'c1', output: { degrees: 21 } } }],
            },
          ],
        }),
        'genkit:output': json({
          message: { role: 'model', content: [{ reasoning: 'Warm?' }, { data: { city: 'Paris' } }] },
        }),
      },
    },
    seen: { kind: 'llm' },
    input: [
      { role: 'user', parts: [{ type: 'text' }, { type: 'image', media_type: 'image/png', size: 5 }] },
      { role: 'tool', parts: [{ type: 'tool_result', id: 'c1', name: 'look', result: { degrees: 21 } }] },
    ],
    output: [
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'Warm?' },
          { type: 'json', content: { city: 'Paris' } },
        ],
      },
    ],
  },
  {
    family: 'Genkit: an agent, and the session it talks in',
    sent: {
      attributes: {
        'genkit:metadata:subtype': 'agent',
        'genkit:name': 'helper',
        'genkit:metadata:agent:sessionId': 's-1',
      },
    },
    seen: { kind: 'agent', threadId: 's-1' },
  },
  {
    family: 'Mastra: the call below a loop is the model’s, and alone has its usage',
    sent: {
      name: 'chat gpt-4o-mini',
      attributes: {
        'mastra.span.type': 'model_inference',
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'gpt-4o-mini',
        'gen_ai.usage.input_tokens': 57,
        'gen_ai.usage.output_tokens': 17,
      },
    },
    seen: { kind: 'llm', tokensAggregated: false, tokens: { input: 57, output: 17, total: 74 } },
  },
  {
    family: 'Mastra: the loop over such calls is none; its answer is the assistant’s',
    sent: {
      name: 'model_generation gpt-4o-mini',
      attributes: {
        'mastra.span.type': 'model_generation',
        'gen_ai.operation.name': 'model_generation',
        'mastra.model_generation.output': json({
          files: [],
          reasoning: [],
          text: 'Warm.',
          toolCalls: [{ toolCallId: 'c1', toolName: 'look', args: { city: 'Paris' } }],
        }),
      },
    },
    seen: { kind: 'internal' },
    output: [
      {
        role: 'assistant',
        parts: [
          { type: 'text', content: 'Warm.' },
          { type: 'tool_call', id: 'c1', name: 'look', arguments: { city: 'Paris' } },
        ],
      },
    ],
  },
  {
    family: 'Mastra: an agent’s question is a text beside its instructions',
    sent: {
      name: 'invoke_agent weather',
      attributes: {
        'mastra.span.type': 'agent_run',
        'gen_ai.system_instructions': 'Be brief.',
        'mastra.agent_run.input': 'Weather?',
        'mastra.agent_run.output': json({ text: 'Warm.', files: [] }),
      },
    },
    seen: { kind: 'agent' },
    input: [
      { role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] },
      { role: 'user', parts: [{ type: 'text', content: 'Weather?' }] },
    ],
    output: [{ role: 'assistant', parts: [{ type: 'text', content: 'Warm.' }] }],
  },
  {
    family: 'Mastra: a workflow that failed names what was thrown in its event alone',
    sent: {
      name: 'invoke_workflow fails',
      attributes: { 'mastra.span.type': 'workflow_run', 'error.type': 'unknown', 'error.message': 'boom' },
      events: [
        { name: 'exception', attributes: { 'exception.type': 'TypeError', 'exception.message': 'boom' } },
      ],
      over: { statusCode: 2 },
    },
    seen: { kind: 'workflow', workflowName: 'fails', errorType: 'TypeError', errorMessage: 'boom' },
  },
])

t.test('what Mastra’s processors and memories were given is content', async (t) => {
  const { content } = normalized({
    attributes: { 'mastra.span.type': 'processor_run', 'mastra.processor_run.input': 'Weather?' },
  })
  t.same([...content.keys()], ['mastra.processor_run.input'])
})
