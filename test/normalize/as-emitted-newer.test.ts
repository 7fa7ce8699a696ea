import t from 'tap'
import { readContent } from '../../src/normalize/content.ts'
import { expectAll } from './support/expect.ts'
import { attributes, normalized } from './support/sent.ts'

const json = JSON.stringify
const PNG = Buffer.from('89504e470d0a1a0a', 'hex')

expectAll([
  {
    family: 'LangSmith for JavaScript: every exception is an Error, whose message names the true one',
    sent: {
      scope: 'langsmith',
      attributes: { 'langsmith.span.kind': 'chain', 'langsmith.trace.name': 'pipeline' },
      events: [
        {
          name: 'exception',
          attributes: { 'exception.type': 'Error', 'exception.message': 'TypeError: boom' },
        },
      ],
      over: { statusCode: 2, parentSpanId: '' },
    },
    seen: { kind: 'workflow', workflowName: 'pipeline', status: 'error', errorType: 'TypeError' },
  },
  {
    family:
      'LangSmith for JavaScript: details of the usage are JSON, what it made of objects in metadata is lost',
    sent: {
      scope: 'langsmith',
      attributes: {
        'langsmith.span.kind': 'llm',
        'langsmith.metadata.usage_metadata': '[object Object]',
        'langsmith.metadata.execution_id': 'exec-9',
        'langsmith.metadata.session_id': 'sess-1',
        'gen_ai.system': 'openai',
        'gen_ai.request.model': 'gpt-4o-mini',
        'gen_ai.response.finish_reasons': 'tool_calls',
        'gen_ai.usage.input_tokens': 57,
        'gen_ai.usage.output_tokens': 17,
        'gen_ai.usage.input_token_details': json({ audio: 0, cache_read: 32 }),
        'gen_ai.usage.output_token_details': json({ audio: 0, reasoning: 5 }),
        'gen_ai.prompt': json({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Weather?' }] }),
      },
    },
    seen: {
      kind: 'llm',
      executionId: 'exec-9',
      threadId: 'sess-1',
      finishReason: 'tool_calls',
      tokens: { input: 57, output: 17, total: 74, cachedInput: 32, reasoningOutput: 5 },
    },
    input: [{ role: 'user', parts: [{ type: 'text', content: 'Weather?' }] }],
  },
  {
    family: 'Semantic Kernel: an error’s type is the class as Python prints it',
    sent: {
      name: 'chat gpt-4o-mini',
      attributes: {
        'gen_ai.operation.name': 'chat.completions',
        'error.type': "<class 'semantic_kernel.exceptions.service_exceptions.ServiceResponseException'>",
      },
      over: { statusCode: 2 },
    },
    seen: {
      kind: 'llm',
      errorType: 'semantic_kernel.exceptions.service_exceptions.ServiceResponseException',
    },
  },
  {
    family: 'LlamaIndex through OpenInference: the step before a call is none',
    sent: {
      name: 'OpenAI._prepare_chat_with_tools',
      scope: 'openinference.instrumentation.llama_index',
      attributes: { 'openinference.span.kind': 'LLM', 'llm.model_name': 'gpt-4o-mini' },
    },
    seen: { kind: 'internal' },
  },
  {
    family:
      'LlamaIndex through OpenLLMetry: an entity bears its kind as the span does; a block of a call is a call',
    sent: {
      name: 'BaseWorkflowAgent.task',
      attributes: {
        'traceloop.span.kind': 'task',
        'traceloop.entity.name': 'BaseWorkflowAgent.task',
        'traceloop.entity.output': json({
          response: {
            role: 'assistant',
            blocks: [
              {
                block_type: 'tool_call',
                tool_call_id: 'c1',
                tool_name: 'look',
                tool_kwargs: '{"city": "Paris"}',
              },
            ],
            additional_kwargs: { tool_calls: [{ id: 'c1', function: { name: 'look', arguments: '{}' } }] },
          },
        }),
      },
    },
    seen: { kind: 'node', nodeId: 'BaseWorkflowAgent', nodeName: 'BaseWorkflowAgent' },
    output: [
      {
        role: 'assistant',
        parts: [{ type: 'tool_call', id: 'c1', name: 'look', arguments: { city: 'Paris' } }],
      },
    ],
  },
])

t.test('AutoGen: what its agents tell each other is content, and it is no provider', async (t) => {
  const process = normalized({
    name: 'autogen process weather-A',
    attributes: {
      'messaging.operation': 'process',
      'messaging.destination': 'weather-A',
      message: json({ messages: [{ source: 'user', content: 'Weather in Paris?' }] }),
    },
  })
  t.ok(process.content.has('message'))
  t.notOk(process.attributes.has('message'))
  const agent = normalized({
    attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.system': 'autogen' },
  })
  t.match(agent, { kind: 'agent', provider: null })
})

t.test(
  'CrewAI: a crew tells its usage as Python prints it, which stands for calls that nobody told',
  async (t) => {
    const crew = normalized({
      name: 'crewai.workflow',
      attributes: {
        'crewai.crew.token_usage':
          'total_tokens=148 prompt_tokens=114 cached_prompt_tokens=64 completion_tokens=34 reasoning_tokens=10',
      },
    })
    t.match(crew, { kind: 'workflow', tokensAggregated: true })
    t.strictSame(crew.tokens, {
      input: 114,
      output: 34,
      total: 148,
      cachedInput: 64,
      cacheWriteInput: null,
      reasoningOutput: 10,
    })
  },
)

t.test('prompts and answers beside the messages are content', async (t) => {
  const keys = [
    'crew_tasks',
    'crew_agents',
    'crewai.crew.tasks_output',
    'crewai.agent.backstory',
    'llm.prompts',
    'llm.invocation_parameters',
    'mastra.metadata.body',
  ]
  const span = normalized({ attributes: Object.fromEntries(keys.map((key) => [key, 'Weather in Paris?'])) })
  t.strictSame([...span.content.keys()], keys)
  t.equal(span.attributes.size, 0)
})

const picture = (content: Uint8Array) => [
  {
    role: 'user',
    parts: [
      { type: 'text', content: 'What is this?' },
      { type: 'blob', modality: 'image', mime_type: 'image/png', content },
    ],
  },
]

t.test('OpenTelemetry’s own instrumentations carry pictures as bytes in log records', async (t) => {
  const span = normalized({ attributes: { 'gen_ai.operation.name': 'chat' } })
  const record = {
    name: 'gen_ai.client.inference.operation.details',
    attributes: attributes({ 'gen_ai.input.messages': picture(PNG) }),
    body: null,
  }
  const { messages } = readContent(span, [record]).input
  t.match(messages, [{ role: 'user', parts: [{ type: 'text' }, { type: 'image', size: PNG.byteLength }] }])
  t.match(messages[0]?.parts[1], { media_type: 'image/png', sha256: /^[0-9a-f]{64}$/ })
})

t.test('bytes that are text as well are what their media type says, and an artifact', async (t) => {
  const note = new TextEncoder().encode('a note')
  const parts = [{ type: 'blob', modality: 'document', mime_type: 'text/plain', content: note }]
  const span = normalized({
    attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.input.messages': [{ role: 'user', parts }] },
  })
  t.match(readContent(span).input.messages[0]?.parts, [{ type: 'file', media_type: 'text/plain', size: 6 }])
  t.match(span.artifacts, [{ id: /^inline-/, mediaType: 'text/plain', size: 6 }])
  t.equal(span.artifacts.length, 1)
})
