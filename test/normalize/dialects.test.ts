import t from 'tap'
import { readContent } from '../../src/normalize/content.ts'
import { expectAll } from './support/expect.ts'
import { normalized } from './support/sent.ts'

const json = JSON.stringify

const generate = (more: object) => ({
  scope: 'ai',
  attributes: {
    'ai.operationId': 'ai.generateText.doGenerate',
    'ai.model.provider': 'anthropic.messages',
    ...more,
  },
})

/** What libraries send that says the same as others in other words. */
expectAll([
  {
    family: 'Vercel v4: Anthropic’s input is without its cache, which only the provider’s metadata tell',
    sent: generate({
      'ai.usage.promptTokens': 100,
      'ai.usage.completionTokens': 10,
      'ai.response.providerMetadata': json({
        anthropic: { cacheCreationInputTokens: 5, cacheReadInputTokens: 30 },
      }),
    }),
    seen: { tokens: { input: 135, output: 10, total: 145, cachedInput: 30, cacheWriteInput: 5 } },
  },
  {
    family: 'Vercel v5: Anthropic’s input is without its cache, and so is the total',
    sent: generate({
      'ai.usage.inputTokens': 100,
      'ai.usage.outputTokens': 10,
      'ai.usage.totalTokens': 110,
      'ai.usage.cachedInputTokens': 30,
      'ai.response.providerMetadata': json({
        anthropic: {
          usage: { input_tokens: 100, cache_creation_input_tokens: 5, cache_read_input_tokens: 30 },
        },
      }),
    }),
    seen: { tokens: { input: 135, output: 10, total: 145, cachedInput: 30, cacheWriteInput: 5 } },
  },
  {
    family: 'Vercel v6: Anthropic’s input holds its cache; the metadata have the rest alone',
    sent: generate({
      'ai.usage.inputTokens': 135,
      'ai.usage.outputTokens': 10,
      'ai.usage.totalTokens': 145,
      'ai.usage.cachedInputTokens': 30,
      'ai.response.providerMetadata': json({
        anthropic: {
          usage: { input_tokens: 100, cache_creation_input_tokens: 5, cache_read_input_tokens: 30 },
        },
      }),
    }),
    seen: { tokens: { input: 135, output: 10, total: 145, cachedInput: 30, cacheWriteInput: 5 } },
  },
  {
    family: 'Vercel: files that a model made are parts of its answer',
    sent: generate({
      'ai.response.text': 'Look',
      'ai.response.files': json([{ type: 'file', mediaType: 'image/png', data: 'iVBORw0KGgo=' }]),
    }),
    seen: { kind: 'llm' },
    output: [
      {
        role: 'assistant',
        parts: [
          { type: 'text', content: 'Look' },
          { type: 'image', media_type: 'image/png', size: 8 },
        ],
      },
    ],
  },
  {
    family: 'Langfuse: costs without a total are added up; a library’s own names of usage',
    sent: {
      scope: 'langfuse-sdk',
      attributes: {
        'langfuse.observation.type': 'generation',
        'langfuse.observation.usage_details': json({
          promptTokens: 10,
          completionTokens: 5,
          totalTokens: 15,
          input_cache_read: 4,
          output_reasoning: 2,
        }),
        'langfuse.observation.cost_details': json({ input: 0.1, output: 0.2 }),
      },
    },
    seen: {
      tokens: { input: 10, output: 5, total: 15, cachedInput: 4, reasoningOutput: 2 },
      cost: { amount: '0.3', source: 'reported' },
    },
  },
  {
    family: 'Langfuse: usage as the provider’s own object',
    sent: {
      scope: 'langfuse-sdk',
      attributes: {
        'langfuse.observation.type': 'generation',
        'langfuse.observation.usage_details': json({
          input_tokens: 10,
          output_tokens: 5,
          total_tokens: 15,
          input_token_details: { cache_read: 4 },
          output_token_details: { reasoning: 2 },
        }),
      },
    },
    seen: { tokens: { input: 10, output: 5, total: 15, cachedInput: 4, reasoningOutput: 2 } },
  },
  {
    family: 'OpenInference: cost of both sides without a total; one side alone is no cost',
    sent: {
      attributes: { 'openinference.span.kind': 'LLM', 'llm.cost.prompt': 0.1, 'llm.cost.completion': 0.2 },
    },
    seen: { cost: { amount: '0.3', source: 'reported' } },
  },
  {
    family: 'OpenInference: one side’s cost is not the call’s',
    sent: { attributes: { 'openinference.span.kind': 'LLM', 'llm.cost.prompt': 0.1 } },
    seen: { cost: null },
  },
  {
    family: 'MLflow: cost of both sides without a total',
    sent: {
      attributes: {
        'mlflow.spanType': '"LLM"',
        'mlflow.llm.cost': json({ input_cost: 0.1, output_cost: 0.2 }),
      },
    },
    seen: { cost: { amount: '0.3', source: 'reported' } },
  },
  {
    family: 'OpenLLMetry: Bedrock’s parts have no type, and are one JSON text',
    sent: {
      attributes: {
        'llm.request.type': 'chat',
        'gen_ai.prompt.0.role': 'user',
        'gen_ai.prompt.0.content': json([{ text: 'Hi' }]),
        'gen_ai.completion.0.role': 'assistant',
        'gen_ai.completion.0.content': json([
          { text: 'Yo' },
          { toolUse: { toolUseId: 't', name: 'f', input: { a: 1 } } },
        ]),
      },
    },
    seen: { kind: 'llm' },
    input: [{ role: 'user', parts: [{ type: 'text', content: 'Hi' }] }],
    output: [
      {
        role: 'assistant',
        parts: [
          { type: 'text', content: 'Yo' },
          { type: 'tool_call', id: 't', name: 'f', arguments: { a: 1 } },
        ],
      },
    ],
  },
  {
    family: 'OpenLLMetry: a model that answers with a JSON list has said a text',
    sent: {
      attributes: {
        'llm.request.type': 'chat',
        'gen_ai.completion.0.role': 'assistant',
        'gen_ai.completion.0.content': json([{ text: 'a', score: 1 }, { city: 'Paris' }]),
      },
    },
    seen: { kind: 'llm' },
    output: [{ role: 'assistant', parts: [{ type: 'text' }] }],
  },
  {
    family: 'Azure’s agents: a text is an object with its annotations',
    sent: {
      attributes: { 'gen_ai.operation.name': 'chat' },
      events: [
        {
          name: 'gen_ai.user.message',
          attributes: {
            'gen_ai.event.content': json({
              content: { text: { value: 'hello', annotations: [] } },
              role: 'user',
            }),
          },
        },
        {
          name: 'gen_ai.choice',
          attributes: {
            'gen_ai.event.content': json({
              message: { content: [{ type: 'text', text: { value: 'Yo', annotations: [] } }] },
              finish_reason: 'stop',
            }),
          },
        },
      ],
    },
    seen: { kind: 'llm' },
    input: [{ role: 'user', parts: [{ type: 'text', content: 'hello' }] }],
    output: [{ role: 'assistant', parts: [{ type: 'text', content: 'Yo' }], finish_reason: 'stop' }],
  },
  {
    family: 'OpenTelemetry: what a provider’s own tool was asked and answered',
    sent: {
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.output.messages': json([
          {
            role: 'assistant',
            parts: [
              {
                type: 'server_tool_call',
                id: 's',
                name: 'web_search',
                server_tool_call: { type: 'web_search', query: 'q' },
              },
              {
                type: 'server_tool_call_response',
                id: 's',
                server_tool_call_response: { type: 'web_search', found: 1 },
              },
            ],
          },
        ]),
      },
    },
    seen: { kind: 'llm' },
    output: [
      {
        parts: [
          { type: 'tool_call', id: 's', name: 'web_search', arguments: { query: 'q' } },
          { type: 'tool_result', id: 's', result: { found: 1 } },
        ],
      },
    ],
  },
  {
    family: 'OpenTelemetry: an exception as attributes of the span',
    sent: {
      attributes: { 'exception.type': 'ValueError', 'exception.message': 'bad' },
      over: { statusCode: 2 },
    },
    seen: { status: 'error', errorType: 'ValueError', errorMessage: 'bad' },
  },
  {
    family: 'n8n: what a user wrote of usage in custom attributes',
    sent: {
      name: 'node.execute',
      attributes: {
        'n8n.node.id': 'n',
        'n8n.node.custom.gen_ai_request.model': 'gpt-4o',
        'n8n.node.custom.gen_ai_usage.input_tokens': 5,
        'n8n.node.custom.gen_ai_usage.output_tokens': 6,
      },
    },
    seen: { kind: 'node', tokens: { input: 5, output: 6, total: 11 } },
  },
  {
    family: 'Haystack: messages of older versions, with underscores',
    sent: {
      name: 'haystack.component.run',
      attributes: {
        'haystack.component.name': 'llm',
        'haystack.component.input': json({
          messages: [{ _role: 'user', _content: [{ text: 'Hi' }], _name: null, _meta: {} }],
        }),
        'haystack.component.output': json({
          replies: [
            {
              _role: 'assistant',
              _content: [{ text: 'Yo' }],
              _name: null,
              _meta: { model: 'gpt-4o-mini', finish_reason: 'stop' },
            },
          ],
        }),
      },
    },
    seen: { nodeId: 'llm' },
    input: [{ role: 'user', parts: [{ type: 'text', content: 'Hi' }] }],
    output: [{ role: 'assistant', parts: [{ type: 'text', content: 'Yo' }] }],
  },
  {
    family: 'Semantic Kernel: an operation of its own name, whose stream told no usage',
    sent: { attributes: { 'gen_ai.operation.name': 'chat.completions', 'gen_ai.request.model': 'gpt-4o' } },
    seen: { kind: 'llm', model: 'gpt-4o' },
  },
  {
    family: 'OpenInference: what became [object Object] is not shown; the message stays',
    sent: {
      attributes: {
        'openinference.span.kind': 'LLM',
        'llm.input_messages.0.message.role': 'user',
        'llm.input_messages.0.message.content': '[object Object],[object Object]',
        'output.value': '[object Object]',
      },
    },
    seen: { kind: 'llm' },
    input: [{ role: 'user', parts: [] }],
    output: [],
  },
  {
    family: 'a framework in the place of the provider does not hide the price',
    sent: {
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.system': 'Langchain',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.usage.input_tokens': 1000,
        'gen_ai.usage.output_tokens': 1000,
      },
    },
    seen: { provider: null, cost: { amount: '0.0125', source: 'estimated' } },
  },
])

t.test(
  'raw values: documents before what became [object Object], JSON in a member is parsed once',
  async (t) => {
    const valuesOf = (attributes: object) => {
      const { input, output } = readContent(normalized({ attributes: { ...attributes } }))
      return json([input.value, output.value])
    }
    t.equal(
      valuesOf({
        'openinference.span.kind': 'RETRIEVER',
        'input.value': 'q',
        'retrieval.documents.0.document.content': 'c',
        'output.value': '[object Object]',
      }),
      json(['q', [{ content: 'c' }]]),
    )
    t.equal(
      valuesOf({
        'openinference.span.kind': 'TOOL',
        'input.value': json({ input: json({ a: 1 }) }),
        'output.value': json({ content: '18' }),
      }),
      json([{ input: { a: 1 } }, { content: '18' }]),
    )
  },
)
