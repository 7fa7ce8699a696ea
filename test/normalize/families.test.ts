import { expectAll } from './support/expect.ts'

const json = JSON.stringify

expectAll([
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
])
