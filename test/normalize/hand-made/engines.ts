import { json, made } from './set.ts'

const failed = (message: string) => ({ statusCode: 2, statusMessage: message })

/** Workflow engines: what runs, and which execution it is of. */
export const engines = {
  workflow: made({ scope: 'workflow' }, [
    [
      1,
      0,
      'orders',
      {
        'workflow.execution.id': 'ex-1',
        'workflow.id': 'orders',
        'workflow.name': 'Orders',
        'workflow.thread.id': 'th-1',
      },
    ],
    [
      2,
      1,
      'check',
      {
        'workflow.span.kind': 'node',
        'workflow.node.id': 'check',
        'workflow.node.name': 'Check stock',
        'workflow.node.kind': 'task',
      },
    ],
    [
      3,
      1,
      'approve',
      {
        'workflow.span.kind': 'node',
        'workflow.node.id': 'approve',
        'workflow.status': 'interrupted',
        'workflow.artifact.ids': ['a-1'],
        'workflow.artifacts': json([{ id: 'a-2', name: 'o.pdf', media_type: 'application/pdf', size: 9 }]),
      },
    ],
  ]),
  n8n: made({ scope: 'n8n-workflow', resource: { 'service.name': 'n8n', 'n8n.instance.id': 'inst-1' } }, [
    [
      1,
      0,
      'workflow.execute',
      {
        'n8n.workflow.id': 'wf-1',
        'n8n.workflow.name': 'Nightly',
        'n8n.execution.id': '417',
        'n8n.execution.mode': 'webhook',
        'n8n.execution.status': 'error',
        'n8n.execution.error_type': 'NodeApiError',
      },
      failed('The service said no'),
    ],
    [
      2,
      1,
      'node.execute',
      {
        'n8n.node.id': 'n-1',
        'n8n.node.name': 'Webhook',
        'n8n.node.type': 'n8n-nodes-base.webhook',
        'n8n.node.items.output': 1,
      },
    ],
    [
      3,
      1,
      'node.execute',
      {
        'n8n.node.id': 'n-2',
        'n8n.node.name': 'Ask',
        'n8n.node.type': 'n8n-nodes-base.openAi',
        'n8n.node.custom.gen_ai_request.model': 'gpt-4o',
      },
      failed('The service said no'),
    ],
    [
      4,
      1,
      'workflow.execute',
      { 'n8n.workflow.id': 'wf-2', 'n8n.execution.id': 418, 'n8n.execution.status': 'waiting' },
    ],
  ]),
  haystack: made({ scope: 'haystack', resource: { 'service.name': 'rag' } }, [
    [
      1,
      0,
      'haystack.pipeline.run',
      {
        'haystack.pipeline.input_data': json({ retriever: { query: 'Paris?' } }),
        'haystack.pipeline.output_data': json({ llm: { replies: ['In France'] } }),
      },
    ],
    [
      2,
      1,
      'haystack.component.run',
      {
        'haystack.component.name': 'retriever',
        'haystack.component.type': 'InMemoryBM25Retriever',
        'haystack.component.visits': 1,
        'haystack.component.input': json({ query: 'Paris?' }),
        'haystack.component.output': json({ documents: [{ content: 'Paris is in France', score: 0.9 }] }),
      },
    ],
    [
      3,
      1,
      'haystack.component.run',
      {
        'haystack.component.name': 'llm',
        'haystack.component.type': 'OpenAIGenerator',
        'haystack.component.input': json({ prompt: 'Where is Paris?' }),
        'haystack.component.output': json({
          replies: ['In France'],
          meta: [
            {
              model: 'gpt-4o-mini-2024-07-18',
              usage: { prompt_tokens: 9, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 4 } },
            },
          ],
        }),
      },
    ],
    [4, 1, 'haystack.agent.run', {}],
  ]),
  temporal: made({ scope: 'temporalio', resource: { 'service.name': 'worker' } }, [
    [1, 0, 'StartWorkflow:OrderWorkflow', { temporalWorkflowID: 'order-1' }],
    [2, 1, 'RunWorkflow:OrderWorkflow', { temporalWorkflowID: 'order-1', temporalRunID: 'run-1' }],
    [3, 2, 'StartActivity:charge', { temporalWorkflowID: 'order-1', temporalRunID: 'run-1' }],
    [
      4,
      3,
      'RunActivity:charge',
      { temporalWorkflowID: 'order-1', temporalRunID: 'run-1', temporalActivityID: '1' },
      {
        ...failed('CardDeclined: no'),
        said: [
          { name: 'exception', attributes: { 'exception.type': 'CardDeclined', 'exception.message': 'no' } },
        ],
      },
    ],
    [5, 2, 'CompleteWorkflow:OrderWorkflow', { temporalWorkflowID: 'order-1', temporalRunID: 'run-1' }],
  ]),
  microsoft: made({ scope: 'agent_framework', resource: { 'service.name': 'agents' } }, [
    [
      1,
      0,
      'workflow.run',
      {
        'workflow.id': 'wf-af',
        'workflow.name': 'Review',
        'workflow.definition': json({ nodes: ['writer'] }),
      },
      { said: [{ name: 'workflow.started' }, { name: 'workflow.completed' }] },
    ],
    [
      2,
      1,
      'executor.process writer',
      { 'executor.id': 'writer', 'executor.type': 'AgentExecutor', 'message.type': 'standard' },
    ],
    [
      3,
      2,
      'invoke_agent Writer',
      {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.system': 'microsoft.agent_framework',
        'gen_ai.agent.name': 'Writer',
        'gen_ai.agent.id': 'a-1',
        'gen_ai.usage.input_tokens': 20,
        'gen_ai.usage.output_tokens': 6,
      },
    ],
    [
      4,
      3,
      'chat gpt-4o',
      {
        'gen_ai.operation.name': 'chat',
        'gen_ai.system': 'openai',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.usage.input_tokens': 20,
        'gen_ai.usage.output_tokens': 6,
        'gen_ai.response.finish_reason': 'FinishReason.STOP',
      },
    ],
    [5, 1, 'edge_group.process SingleEdgeGroup', { 'edge_group.type': 'SingleEdgeGroup' }],
    [6, 1, 'message.send', { 'message.type': 'standard', 'message.destination_executor_id': 'critic' }],
  ]),
  mastra: made({ scope: '@mastra/otel-exporter', resource: { 'service.name': 'mastra' } }, [
    [
      1,
      0,
      'workflow run: booking',
      {
        'mastra.span.type': 'workflow_run',
        'mastra.workflow_run.status': 'suspended',
        'mastra.workflow_run.input': json({ city: 'Paris' }),
        'mastra.metadata.runId': 'run-4',
        'mastra.tags': ['beta'],
      },
    ],
    [
      2,
      1,
      'workflow step: ask',
      {
        'mastra.span.type': 'workflow_step',
        'mastra.workflow_step.step_id': 'ask',
        'mastra.workflow_step.status': 'success',
      },
    ],
    [
      3,
      2,
      'chat gpt-4o',
      {
        'mastra.span.type': 'model_generation',
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.usage.input_tokens': 10,
        'gen_ai.usage.output_tokens': 3,
        'gen_ai.input.messages': json([{ role: 'user', parts: [{ type: 'text', content: 'Book it' }] }]),
      },
    ],
    [
      4,
      3,
      'step: 0',
      {
        'mastra.span.type': 'model_step',
        'gen_ai.operation.name': 'chat',
        'gen_ai.usage.input_tokens': 10,
        'gen_ai.usage.output_tokens': 3,
      },
    ],
    [
      5,
      2,
      'execute_tool book',
      {
        'mastra.span.type': 'tool_call',
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'book',
        'mastra.tool_call.input': json({ id: 7 }),
        'mastra.tool_call.output': json({ ok: true }),
      },
    ],
  ]),
  crewai: made({ scope: 'opentelemetry.instrumentation.crewai', resource: { 'service.name': 'crew' } }, [
    [
      1,
      0,
      'crewai.workflow',
      {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.system': 'crewai',
        'crewai.crew.id': 'c-1',
        'crewai.crew.tasks': json([{ description: 'Research' }]),
        'crewai.crew.result': 'A report',
      },
    ],
    [
      2,
      1,
      'Find sources.task',
      { 'crewai.task.id': 't-1', 'crewai.task.name': 'research', 'crewai.task.description': 'Find sources' },
    ],
    [
      3,
      2,
      'Researcher.agent',
      {
        'crewai.agent.role': 'Researcher',
        'gen_ai.usage.input_tokens': 900,
        'gen_ai.usage.output_tokens': 90,
      },
    ],
    [
      4,
      3,
      'gpt-4o.llm',
      {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.usage.input_tokens': 450,
        'gen_ai.usage.output_tokens': 45,
      },
    ],
  ]),
  dify: made({ scope: 'dify', resource: { 'service.name': 'dify' } }, [
    [
      1,
      0,
      'workflow',
      {
        'gen_ai.span.kind': 'WORKFLOW',
        'dify.workflow_run_id': 'run-d',
        'dify.workflow_id': 'wf-d',
        'input.value': json({ sys: { query: 'Hi' } }),
        'gen_ai.user.id': 'u-1',
      },
    ],
    [
      2,
      1,
      'Code',
      {
        'gen_ai.span.kind': 'TASK',
        'node.id': 'n-1',
        'node.execution_id': 'ne-1',
        'node.type': 'code',
        'gen_ai.framework': 'dify',
        'input.value': json({ a: 1 }),
        'output.value': json({ b: 2 }),
      },
    ],
    [
      3,
      1,
      'LLM',
      {
        'gen_ai.span.kind': 'LLM',
        'node.id': 'n-2',
        'node.type': 'llm',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.provider.name': 'openai',
        'gen_ai.usage.input_tokens': 8,
        'gen_ai.usage.output_tokens': 2,
        'gen_ai.usage.total_tokens': 10,
        'gen_ai.input.messages': json([]),
        'gen_ai.prompt': json([{ role: 'user', text: 'Hi' }]),
        'gen_ai.completion': 'Yo',
        'gen_ai.response.finish_reason': 'stop',
      },
    ],
    [
      4,
      1,
      'Knowledge',
      {
        'gen_ai.span.kind': 'RETRIEVER',
        'node.id': 'n-3',
        'retrieval.query': 'Hi',
        'retrieval.document': json([{ content: 'doc' }]),
      },
    ],
  ]),
}
