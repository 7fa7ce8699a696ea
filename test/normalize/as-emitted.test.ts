import { expectAll } from './support/expect.ts'

const json = JSON.stringify

const thrown = (type: string, text: string) => [
  { name: 'exception', attributes: { 'exception.type': type, 'exception.message': text } },
]
const OK = { statusCode: 1 }

/** What instrumentations were seen to send where their convention's words alone would mislead. */
expectAll([
  {
    family: 'LangSmith: OpenTelemetry keeps the OK of a run’s start, only the exception tells that it failed',
    sent: {
      scope: 'langsmith',
      attributes: { 'langsmith.span.kind': 'chain' },
      events: thrown(
        'Exception',
        'ValueError(\'boom\')\n\nTraceback (most recent call last):\n  File "a.py"',
      ),
      over: OK,
    },
    seen: { status: 'error', errorType: 'ValueError', errorMessage: "ValueError('boom')" },
  },
  {
    family: 'LangSmith: an interrupt is wrapped into a plain exception',
    sent: {
      scope: 'langsmith',
      attributes: { 'langsmith.span.kind': 'chain' },
      events: thrown('Exception', "GraphInterrupt((Interrupt(value={'ask': 'ok?'}),))"),
      over: { statusCode: 2 },
    },
    seen: { status: 'interrupted', errorType: 'GraphInterrupt' },
  },
  {
    family: 'LangSmith: a command to the graph above is no failure',
    sent: {
      scope: 'langsmith',
      attributes: { 'langsmith.span.kind': 'chain' },
      events: thrown('Exception', "ParentCommand(Command(goto='b'))"),
      over: { statusCode: 2 },
    },
    seen: { status: 'ok', errorType: null, errorMessage: null },
  },
  {
    family: 'LangSmith: the details of the usage are Python’s, JSON has them in the metadata',
    sent: {
      attributes: {
        'langsmith.span.kind': 'llm',
        'gen_ai.usage.input_tokens': 57,
        'gen_ai.usage.output_tokens': 17,
        'gen_ai.usage.input_token_details': "{'cache_read': 32}",
        'langsmith.metadata.usage_metadata': json({
          input_tokens: 57,
          output_tokens: 17,
          input_token_details: { cache_read: 32 },
          output_token_details: { reasoning: 5 },
        }),
      },
    },
    seen: { tokens: { input: 57, output: 17, total: 74, cachedInput: 32, reasoningOutput: 5 } },
  },
  {
    family: 'OpenInference: a node that waits ends with OK and its interrupt',
    sent: {
      name: 'review',
      attributes: { 'openinference.span.kind': 'CHAIN', metadata: json({ langgraph_node: 'review' }) },
      events: thrown('langgraph.errors.GraphInterrupt', "(Interrupt(value={'ask': 'ok?'}),)"),
      over: OK,
    },
    seen: { kind: 'node', status: 'interrupted', errorType: 'GraphInterrupt' },
  },
  {
    family: 'OpenInference: a streamed answer names itself at its end',
    sent: {
      attributes: {
        'openinference.span.kind': 'LLM',
        'output.value': json({ choices: [{ message: { content: 'Hi' } }], id: 'chatcmpl-9', usage: {} }),
      },
    },
    seen: { responseId: 'chatcmpl-9' },
  },
  {
    family: 'Traceloop: the node of a graph bears the node’s name',
    sent: {
      name: 'execute_task review',
      attributes: {
        'traceloop.span.kind': 'task',
        'traceloop.entity.name': 'review',
        'traceloop.association.properties.langgraph_node': 'review',
      },
    },
    seen: { kind: 'node', nodeId: 'review', nodeName: 'review' },
  },
  {
    family: 'Traceloop: a branch inside of a node is none',
    sent: {
      name: 'execute_task tools_condition',
      attributes: {
        'traceloop.span.kind': 'task',
        'traceloop.entity.name': 'tools_condition',
        'gen_ai.operation.name': 'execute_task',
        'traceloop.association.properties.langgraph_node': 'agent',
      },
    },
    seen: { kind: 'internal', nodeId: null, nodeName: null },
  },
  {
    family: 'Traceloop: a retriever is called a task too',
    sent: {
      name: 'vector_db_retrieve VectorStoreRetriever',
      attributes: {
        'traceloop.span.kind': 'task',
        'traceloop.entity.name': 'VectorStoreRetriever',
        'gen_ai.operation.name': 'vector_db_retrieve',
      },
    },
    seen: { kind: 'retriever', nodeId: null },
  },
  {
    family: 'LangChain is no provider of models',
    sent: { attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.provider.name': 'langchain' } },
    seen: { kind: 'tool', provider: null },
  },
])

expectAll([
  {
    family: 'Google ADK: a tool that raised leaves its name alone',
    sent: { name: 'execute_tool boom', scope: 'gcp.vertex.agent', over: { statusCode: 2 } },
    seen: { kind: 'tool', status: 'error' },
  },
  {
    family: 'Microsoft Agent Framework: reasons are a list in JSON, the framework stands for the provider',
    sent: {
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'microsoft.agent_framework',
        'gen_ai.response.finish_reasons': '["tool_calls"]',
      },
    },
    seen: { finishReason: 'tool_calls', provider: null },
  },
  {
    family: 'MLflow: ids are quoted as everything is',
    sent: { attributes: { 'mlflow.spanType': '"CHAIN"', execution_id: '"ex-1"', workflow_id: '"wf-1"' } },
    seen: { executionId: 'ex-1', workflowId: 'wf-1' },
  },
  {
    family: 'MLflow: what was quoted before it was written as JSON stays so',
    sent: { attributes: { 'mlflow.spanType': '"AGENT"', execution_id: json('"ex-1"'), 'user.id': '"null"' } },
    seen: { kind: 'agent', executionId: '"ex-1"', userId: null },
  },
  {
    family: 'Haystack: a step’s call of the model, its usage in the replies',
    sent: {
      name: 'haystack.agent.step.llm',
      attributes: {
        'haystack.agent.step.llm.output': json({
          replies: [
            {
              role: 'assistant',
              meta: { model: 'gpt-4o-mini', usage: { prompt_tokens: 57, completion_tokens: 17 } },
              content: [{ tool_call: { tool_name: 'look', arguments: { city: 'Paris' }, id: 'c1' } }],
            },
          ],
        }),
      },
    },
    seen: { kind: 'llm', model: 'gpt-4o-mini', tokens: { input: 57, output: 17, total: 74 } },
    output: [{ role: 'assistant', parts: [{ type: 'tool_call', id: 'c1', name: 'look' }] }],
  },
  {
    family: 'Haystack: what a tool answered stands beside where it came from',
    sent: {
      attributes: {
        'haystack.component.name': 'agent',
        'haystack.component.input': json({
          messages: [
            {
              role: 'tool',
              content: [{ tool_call_result: { result: '21', origin: { tool_name: 'look', id: 'c1' } } }],
            },
          ],
        }),
      },
    },
    seen: { kind: 'node' },
    input: [{ role: 'tool', parts: [{ type: 'tool_result', id: 'c1', name: 'look', result: '21' }] }],
  },
  {
    family: 'Haystack: a pipeline’s answer is that of its only component that speaks',
    sent: {
      name: 'haystack.pipeline.run',
      attributes: {
        'haystack.pipeline.output_data': json({
          llm: { replies: [{ role: 'assistant', content: [{ text: 'Warm.' }] }] },
        }),
      },
    },
    seen: { kind: 'workflow' },
    output: [{ role: 'assistant', parts: [{ type: 'text', content: 'Warm.' }] }],
  },
  {
    family: 'pydantic-ai: an agent’s instructions stand beside its history; bytes of old are pictures',
    sent: {
      attributes: {
        'gen_ai.system_instructions': json([{ type: 'text', content: 'Be brief.' }]),
        'pydantic_ai.all_messages': json([
          { role: 'user', parts: [{ type: 'binary', media_type: 'image/png', content: 'aGVsbG8=' }] },
        ]),
      },
    },
    seen: { kind: 'agent' },
    input: [{ role: 'system' }, { role: 'user', parts: [{ type: 'image', size: 5 }] }],
  },
  {
    family: 'Langfuse: its metadata are quoted, also the node of a graph',
    sent: {
      name: 'agent',
      scope: 'langfuse-sdk',
      attributes: {
        'langfuse.observation.type': 'agent',
        'langfuse.trace.metadata.execution_id': '"ex-1"',
        'langfuse.observation.metadata.langgraph_node': '"agent"',
      },
    },
    seen: { kind: 'node', nodeId: 'agent', executionId: 'ex-1' },
  },
  {
    family: 'Langfuse: quotes of the text itself stand inside of those of JSON',
    sent: {
      attributes: {
        'langfuse.observation.type': 'span',
        'langfuse.trace.name': '"The walk"',
        'langfuse.trace.metadata.execution_id': json('"ex-1"'),
      },
    },
    seen: { executionId: '"ex-1"', workflowName: '"The walk"' },
  },
  {
    family: 'what is quoted where no convention quotes keeps its quotes',
    sent: {
      attributes: {
        'workflow.execution.id': '"ex-1"',
        'workflow.name': '"Hello" workflow',
        'workflow.node.id': 'n1',
        'workflow.node.name': '"Summarise"',
        'gen_ai.request.model': '"gpt-4o"',
      },
    },
    seen: {
      executionId: '"ex-1"',
      workflowName: '"Hello" workflow',
      nodeName: '"Summarise"',
      model: '"gpt-4o"',
    },
  },
  {
    family: 'Langfuse: a node that waits has its question as the message of its status',
    sent: {
      name: 'review',
      attributes: {
        'langfuse.observation.type': 'chain',
        'langfuse.observation.level': 'DEFAULT',
        'langfuse.observation.status_message': "(Interrupt(value={'ask': 'ok?'}),)",
        'langfuse.observation.metadata.langgraph_node': '"review"',
      },
    },
    seen: { kind: 'node', status: 'interrupted' },
  },
  {
    family: 'Langfuse: what a model is offered is nothing that a tool said; a bare answer is its message',
    sent: {
      attributes: {
        'langfuse.observation.type': 'generation',
        'langfuse.observation.input': json([
          { role: 'user', content: 'Weather?' },
          { role: 'tool', content: { type: 'function', function: { name: 'look', parameters: {} } } },
        ]),
        'langfuse.observation.output': 'Warm.',
      },
    },
    seen: { kind: 'llm' },
    input: [{ role: 'user' }],
    output: [{ role: 'assistant', parts: [{ type: 'text', content: 'Warm.' }] }],
  },
  {
    family: 'CrewAI: a task without a name is called by its description',
    sent: {
      name: 'Weather in Paris?.task',
      attributes: { 'crewai.task.id': 't1', 'gen_ai.system': 'crewai' },
    },
    seen: { kind: 'node', nodeName: 'Weather in Paris?', provider: null },
  },
  {
    family: 'LiteLLM: its cost is a report; a call of a tool stands beside the message without parts',
    sent: {
      scope: 'litellm',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.cost.total_cost': 0.00001635,
        'llm.user': 'u-9',
        'gen_ai.output.messages': json([{ role: 'assistant', parts: [], finish_reason: 'tool_calls' }]),
        'gen_ai.completion.0.function_call.name': 'look',
        'gen_ai.completion.0.function_call.arguments': '{"city": "Paris"}',
      },
    },
    seen: { kind: 'llm', userId: 'u-9', cost: { amount: '0.00001635', source: 'reported' } },
    output: [
      { role: 'assistant', parts: [{ type: 'tool_call', name: 'look', arguments: { city: 'Paris' } }] },
    ],
  },
  {
    family: 'smolagents: its roles of calls and answers',
    sent: {
      attributes: {
        'openinference.span.kind': 'LLM',
        'llm.input_messages.0.message.role': 'tool-call',
        'llm.input_messages.0.message.content': 'Calling tools: look',
        'llm.input_messages.1.message.role': 'tool-response',
        'llm.input_messages.1.message.content': 'Observation: 21',
      },
    },
    seen: { kind: 'llm' },
    input: [
      { role: 'assistant' },
      { role: 'tool', parts: [{ type: 'tool_result', result: 'Observation: 21' }] },
    ],
  },
])
