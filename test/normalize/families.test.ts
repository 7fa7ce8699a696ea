import t from 'tap'
import { readContent } from '../../src/normalize/content.ts'
import { displayName } from '../../src/normalize/title.ts'
import { normalized, type Sent } from './support/sent.ts'

const json = JSON.stringify

/** One hand-made span of each convention, written from its documents; what the reader must see of it. */
const CASES: readonly { family: string; sent: Sent; seen: object; input?: object; output?: object }[] = [
  {
    family: 'Langfuse: the level is the status, usage is an object, input excludes the cached part',
    sent: {
      scope: 'langfuse-sdk',
      attributes: {
        'langfuse.observation.type': 'generation',
        'langfuse.observation.model.name': 'gpt-4o',
        'langfuse.observation.usage_details': json({
          input: 25,
          input_cached_tokens: 32,
          output: 13,
          output_reasoning_tokens: 4,
          total: 74,
        }),
        'langfuse.observation.cost_details': json({ input: 0.001, total: 0.0025 }),
        'langfuse.observation.level': 'ERROR',
        'langfuse.observation.status_message': 'quota exceeded',
        'langfuse.observation.input': json([{ role: 'user', content: 'Hi' }]),
        'langfuse.observation.output': json({ role: 'assistant', content: 'Hello' }),
        'langfuse.trace.metadata.execution_id': 'exec-9',
        'session.id': 's-1',
        'user.id': 'u-1',
      },
    },
    seen: {
      kind: 'llm',
      status: 'error',
      errorMessage: 'quota exceeded',
      model: 'gpt-4o',
      executionId: 'exec-9',
      threadId: 's-1',
      userId: 'u-1',
      tokens: { input: 57, output: 17, total: 74, cachedInput: 32, reasoningOutput: 4 },
      cost: { amount: '0.0025', source: 'reported' },
    },
    input: [{ role: 'user', parts: [{ type: 'text', content: 'Hi' }] }],
    output: [{ role: 'assistant', parts: [{ type: 'text', content: 'Hello' }] }],
  },
  {
    family: 'MLflow: every value is a JSON text',
    sent: {
      attributes: {
        'mlflow.spanType': '"CHAT_MODEL"',
        'mlflow.llm.model': '"gpt-4o"',
        'mlflow.llm.provider': '"openai"',
        'mlflow.chat.tokenUsage': json({ input_tokens: 10, output_tokens: 3, total_tokens: 13 }),
        'mlflow.llm.cost': json({ input_cost: 0.1, output_cost: 0.2, total_cost: 0.3 }),
        'mlflow.spanInputs': json({ messages: [{ role: 'user', content: 'Hi' }] }),
        'mlflow.spanOutputs': json({
          choices: [{ message: { role: 'assistant', content: 'Yo' }, finish_reason: 'stop' }],
        }),
      },
    },
    seen: {
      kind: 'llm',
      model: 'gpt-4o',
      provider: 'openai',
      cost: { amount: '0.3' },
      tokens: { total: 13 },
    },
    input: [{ role: 'user' }],
    output: [{ role: 'assistant', finish_reason: 'stop' }],
  },
  {
    family: 'LangSmith: the run type holds over the operation name, prompts may be bytes',
    sent: {
      attributes: {
        'langsmith.span.kind': 'retriever',
        'gen_ai.operation.name': 'embeddings',
        'langsmith.metadata.thread_id': 'th-1',
        'langsmith.trace.session_id': 'a-project',
        'gen_ai.prompt': Buffer.from(json({ query: 'paris' })),
      },
    },
    seen: { kind: 'retriever', threadId: 'th-1' },
    input: [],
  },
  {
    family: 'LangGraph through LangSmith: the span that bears the name is the node',
    sent: {
      name: 'plan',
      attributes: { 'langsmith.span.kind': 'chain', 'langsmith.metadata.langgraph_node': 'plan' },
    },
    seen: { kind: 'node', nodeId: 'plan', nodeName: 'plan' },
  },
  {
    family: 'Traceloop: a task is a node, association properties name the execution',
    sent: {
      name: 'fetch.task',
      attributes: {
        'traceloop.span.kind': 'task',
        'traceloop.entity.name': 'fetch',
        'traceloop.workflow.name': 'digest',
        'traceloop.association.properties.executionId': 'exec-3',
        'traceloop.entity.input': json({ args: [], kwargs: { topic: 'news' } }),
      },
    },
    seen: { kind: 'node', nodeId: 'fetch', nodeName: 'fetch', workflowName: 'digest', executionId: 'exec-3' },
  },
  {
    family: 'Traceloop of old: indexed prompts, old token names, capitalised system',
    sent: {
      attributes: {
        'llm.request.type': 'chat',
        'gen_ai.system': 'OpenAI',
        'gen_ai.prompt.0.role': 'user',
        'gen_ai.prompt.0.content': 'Weather?',
        'gen_ai.completion.0.role': 'assistant',
        'gen_ai.completion.0.finish_reason': 'tool_calls',
        'gen_ai.completion.0.tool_calls.0.id': 'c1',
        'gen_ai.completion.0.tool_calls.0.name': 'weather',
        'gen_ai.completion.0.tool_calls.0.arguments': '{"city":"Paris"}',
        'gen_ai.usage.prompt_tokens': 8,
        'gen_ai.usage.completion_tokens': 5,
        'llm.usage.total_tokens': 13,
      },
    },
    seen: { kind: 'llm', provider: 'openai', tokens: { input: 8, output: 5, total: 13 } },
    input: [{ role: 'user', parts: [{ type: 'text', content: 'Weather?' }] }],
    output: [
      {
        role: 'assistant',
        finish_reason: 'tool_calls',
        parts: [{ type: 'tool_call', id: 'c1', name: 'weather', arguments: { city: 'Paris' } }],
      },
    ],
  },
  {
    family: 'CrewAI: the running total of an agent is never summed',
    sent: {
      name: 'Researcher.agent',
      attributes: { 'crewai.agent.role': 'Researcher', 'gen_ai.usage.input_tokens': 900 },
    },
    seen: { kind: 'agent', tokensAggregated: true, tokens: { input: 900 } },
  },
  {
    family: 'Pydantic AI: aggregated usage, whole history, cost',
    sent: {
      name: 'invoke_agent helper',
      scope: 'pydantic-ai',
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': 'helper',
        'gen_ai.aggregated_usage.input_tokens': 30,
        'gen_ai.aggregated_usage.output_tokens': 6,
        'operation.cost': 0.00042,
        'pydantic_ai.all_messages': json([
          { role: 'user', parts: [{ type: 'text', content: 'Hi' }] },
          { role: 'assistant', parts: [{ type: 'text', content: 'Hello' }] },
        ]),
        final_result: 'Hello',
      },
    },
    seen: {
      kind: 'agent',
      tokensAggregated: true,
      tokens: { input: 30, output: 6 },
      cost: { amount: '0.00042' },
    },
    input: [{ role: 'user' }],
    output: [{ role: 'assistant', parts: [{ type: 'text', content: 'Hello' }] }],
  },
  {
    family: 'Pydantic AI v1: events in a JSON attribute',
    sent: {
      name: 'chat gpt-4o',
      attributes: {
        'gen_ai.operation.name': 'chat',
        events: json([
          { 'event.name': 'gen_ai.system.message', content: 'Be brief', role: 'system' },
          { 'event.name': 'gen_ai.user.message', content: 'Hi', role: 'user' },
          { 'event.name': 'gen_ai.choice', index: 0, message: { role: 'assistant', content: 'Yo' } },
        ]),
      },
    },
    seen: { kind: 'llm' },
    input: [{ role: 'system' }, { role: 'user' }],
    output: [{ role: 'assistant', parts: [{ type: 'text', content: 'Yo' }] }],
  },
  {
    family: 'n8n: the execution is qualified by the instance and waits',
    sent: {
      name: 'workflow.execute',
      scope: 'n8n-workflow',
      resource: { 'n8n.instance.id': 'inst-1' },
      attributes: {
        'n8n.execution.id': '417',
        'n8n.workflow.id': 'wf-n',
        'n8n.workflow.name': 'Nightly',
        'n8n.execution.status': 'waiting',
      },
      over: { parentSpanId: '' },
    },
    seen: {
      kind: 'workflow',
      executionId: 'inst-1:417',
      workflowId: 'wf-n',
      workflowName: 'Nightly',
      status: 'interrupted',
    },
  },
  {
    family: 'n8n: a node names no execution',
    sent: {
      name: 'node.execute',
      attributes: { 'n8n.node.id': 'n1', 'n8n.node.name': 'HTTP', 'n8n.node.type': 'httpRequest' },
    },
    seen: { kind: 'node', nodeId: 'n1', nodeName: 'HTTP', nodeKind: 'httpRequest', executionId: null },
  },
  {
    family: 'Google ADK: call_llm has no operation name, cached tokens hide in the response',
    sent: {
      name: 'call_llm',
      scope: 'gcp.vertex.agent',
      attributes: {
        'gen_ai.system': 'gcp.vertex.agent',
        'gen_ai.request.model': 'gemini-2.5-flash',
        'gcp.vertex.agent.invocation_id': 'e-77',
        'gcp.vertex.agent.session_id': 's-7',
        'gen_ai.usage.input_tokens': 40,
        'gen_ai.usage.output_tokens': 9,
        'gcp.vertex.agent.llm_request': json({
          model: 'gemini-2.5-flash',
          config: { system_instruction: 'Be kind' },
          contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
        }),
        'gcp.vertex.agent.llm_response': json({
          content: { role: 'model', parts: [{ function_call: { name: 'f', args: { a: 1 } } }] },
          usage_metadata: { cached_content_token_count: 12 },
        }),
      },
    },
    seen: {
      kind: 'llm',
      provider: 'gcp.vertex_ai',
      executionId: 'e-77',
      threadId: 's-7',
      tokens: { input: 40, cachedInput: 12 },
    },
    input: [{ role: 'system' }, { role: 'user', parts: [{ type: 'text', content: 'Hi' }] }],
    output: [{ role: 'assistant', parts: [{ type: 'tool_call', name: 'f', arguments: { a: 1 } }] }],
  },
  {
    family: 'Agent Framework: an executor is a node',
    sent: {
      name: 'executor.process writer',
      attributes: { 'executor.id': 'writer', 'executor.type': 'AgentExecutor' },
    },
    seen: { kind: 'node', nodeId: 'writer', nodeKind: 'AgentExecutor' },
  },
  {
    family: 'Mastra: a suspended workflow is interrupted, steps repeat usage',
    sent: {
      attributes: {
        'mastra.span.type': 'workflow_run',
        'mastra.workflow_run.status': 'suspended',
        'mastra.workflow_run.input': json({ city: 'Paris' }),
        'mastra.metadata.runId': 'run-4',
      },
    },
    seen: { kind: 'workflow', status: 'interrupted', executionId: 'run-4' },
  },
  {
    family: 'Mastra: the inference below a generation',
    sent: {
      attributes: {
        'mastra.span.type': 'model_inference',
        'gen_ai.operation.name': 'chat',
        'gen_ai.usage.input_tokens': 5,
      },
    },
    seen: { kind: 'internal', tokensAggregated: true },
  },
  {
    family: 'Haystack: usage hides in the replies',
    sent: {
      name: 'haystack.component.run',
      attributes: {
        'haystack.component.name': 'llm',
        'haystack.component.type': 'OpenAIChatGenerator',
        'haystack.component.output': json({
          replies: [
            {
              role: 'assistant',
              content: [{ text: 'Yo' }],
              meta: { model: 'gpt-4o', usage: { prompt_tokens: 7, completion_tokens: 2 } },
            },
          ],
        }),
      },
    },
    seen: {
      kind: 'llm',
      nodeId: 'llm',
      nodeKind: 'OpenAIChatGenerator',
      model: 'gpt-4o',
      tokens: { input: 7, output: 2 },
    },
    output: [{ role: 'assistant', parts: [{ type: 'text', content: 'Yo' }] }],
  },
  {
    family: 'Temporal: an activity is a node, the run is the execution',
    sent: {
      name: 'RunActivity:charge',
      attributes: { temporalWorkflowId: 'order-1', run_id: 'r-1', temporalActivityId: '5' },
    },
    seen: { kind: 'node', nodeId: 'charge', executionId: 'r-1' },
  },
  {
    family: 'Dify: the span kind of its extension',
    sent: {
      attributes: {
        'gen_ai.span.kind': 'TASK',
        'node.id': 'n-1',
        'node.type': 'code',
        'dify.workflow_id': 'wf-d',
      },
    },
    seen: { kind: 'node', nodeId: 'n-1', nodeKind: 'code', workflowId: 'wf-d' },
  },
  {
    family: 'LiveKit: what was heard and said',
    sent: {
      name: 'agent_turn',
      scope: 'livekit-agents',
      attributes: { 'lk.user_input': 'Hello?', 'lk.response.text': 'Hi!' },
    },
    seen: { kind: 'agent' },
    input: [{ role: 'user', parts: [{ type: 'text', content: 'Hello?' }] }],
    output: [{ role: 'assistant', parts: [{ type: 'text', content: 'Hi!' }] }],
  },
  {
    family: 'Genkit: the subtype tells the kind, the output the usage',
    sent: {
      scope: 'genkit-tracer',
      attributes: {
        'genkit:metadata:subtype': 'model',
        'genkit:name': 'googleai/gemini',
        'genkit:output': json({
          message: { role: 'model', content: [{ text: 'Yo' }] },
          usage: { inputTokens: 4, outputTokens: 1 },
        }),
      },
    },
    seen: { kind: 'llm', tokens: { input: 4, output: 1, total: 5 } },
    output: [{ role: 'assistant', parts: [{ type: 'text', content: 'Yo' }] }],
  },
  {
    family: 'MCP: a call of a tool',
    sent: {
      name: 'tools/call search',
      attributes: { 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': 'search' },
    },
    seen: { kind: 'tool' },
  },
  {
    family: 'our runner: ids, interruption, artifacts',
    sent: {
      name: 'approve',
      attributes: {
        'workflow.span.kind': 'node',
        'workflow.execution.id': 'ex-1',
        'workflow.id': 'wf-1',
        'workflow.name': 'Orders',
        'workflow.thread.id': 'th-1',
        'workflow.node.id': 'approve',
        'workflow.node.name': 'Approve order',
        'workflow.node.kind': 'human',
        'workflow.status': 'interrupted',
        'workflow.artifact.ids': ['a-1', 'a-2'],
        'workflow.artifacts': json([
          { id: 'a-1', name: 'order.pdf', media_type: 'application/pdf', size: 9 },
        ]),
      },
    },
    seen: {
      kind: 'node',
      status: 'interrupted',
      executionId: 'ex-1',
      workflowId: 'wf-1',
      workflowName: 'Orders',
      threadId: 'th-1',
      nodeId: 'approve',
      nodeName: 'Approve order',
      nodeKind: 'human',
      artifacts: [
        { id: 'a-1', name: 'order.pdf', mediaType: 'application/pdf', size: 9, sha256: null },
        { id: 'a-2', name: null, mediaType: null, size: null, sha256: null },
      ],
    },
  },
]

for (const { family, sent, seen, input, output } of CASES) {
  t.test(family, async (t) => {
    const span = normalized(sent)
    t.match(span, seen)
    const content = readContent(span)
    if (input !== undefined) t.match(content.input.messages, input)
    if (output !== undefined) t.match(content.output.messages, output)
    if (input !== undefined) t.equal(content.input.messages.length, (input as unknown[]).length)
  })
}

const TITLES: readonly (readonly [string, Sent['attributes'], string])[] = [
  [
    'GET',
    { 'http.request.method': 'GET', 'url.full': 'https://u:p@api.example.com:8443/a/b?x=1#y' },
    'GET api.example.com/a/b',
  ],
  [
    'GET',
    { 'http.method': 'GET', 'http.host': 'h', 'http.route': '/o/{id}', 'http.target': '/o/1?q' },
    'GET h/o/{id}',
  ],
  [
    'query',
    { 'db.system.name': 'postgresql', 'db.operation.name': 'SELECT', 'db.collection.name': 'o' },
    'SELECT o',
  ],
  ['query', { 'db.system': 'redis' }, 'redis'],
  ['call', { 'rpc.system': 'grpc', 'rpc.service': 'p.S', 'rpc.method': 'M' }, 'p.S/M'],
  [
    'send',
    { 'messaging.system': 'kafka', 'messaging.operation.type': 'send', 'messaging.destination.name': 't' },
    'send t',
  ],
  ['gql', { 'graphql.operation.type': 'query', 'graphql.operation.name': 'Orders' }, 'query Orders'],
  ['fn', { 'faas.trigger': 'http', 'faas.name': 'resize' }, 'resize'],
  ['mcp', { 'mcp.method.name': 'resources/read', 'mcp.resource.uri': 'file://x' }, 'resources/read file://x'],
]

for (const [name, attributes = {}, title] of TITLES) {
  t.test(`a downstream span is called ${title}`, async (t) => {
    const span = normalized({ name, attributes })
    t.equal(span.kind, 'downstream')
    t.equal(displayName(span), title)
  })
}
