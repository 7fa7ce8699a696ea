import t from 'tap'
import { readContent } from '../../src/normalize/content.ts'
import { expectAll } from './support/expect.ts'
import { normalized } from './support/sent.ts'

const json = JSON.stringify

expectAll([
  {
    family: 'n8n: a node that its cancelled workflow left is no failure of its own',
    sent: {
      name: 'node.execute',
      scope: 'n8n-workflow',
      attributes: {
        'n8n.node.id': 'n2',
        'n8n.node.name': 'AI Agent',
        'n8n.node.type': '@n8n/n8n-nodes-langchain.agent',
        'n8n.node.type_version': 1.2,
        'n8n.project.id': 'proj-1',
        'n8n.node.termination_reason': 'workflow_cancelled',
      },
      over: { statusCode: 2 },
    },
    seen: { kind: 'node', status: 'cancelled', nodeName: 'AI Agent', errorMessage: null },
  },
  {
    family: 'n8n: a retry names its own execution, and fails by its own word',
    sent: {
      name: 'workflow.execute',
      scope: 'n8n-workflow',
      resource: { 'service.name': 'n8n', 'n8n.instance.id': 'inst-1', 'n8n.instance.role': 'main' },
      attributes: {
        'n8n.workflow.id': 'wf1',
        'n8n.workflow.name': 'Support triage',
        'n8n.execution.id': '8',
        'n8n.execution.mode': 'retry',
        'n8n.execution.is_retry': true,
        'n8n.execution.retry_of': '7',
        'n8n.execution.status': 'error',
        'n8n.execution.error_type': 'NodeApiError',
      },
      events: [
        {
          name: 'exception',
          attributes: { 'exception.type': 'NodeApiError', 'exception.message': '429 too many' },
        },
      ],
      over: { statusCode: 2, parentSpanId: '' },
    },
    seen: {
      kind: 'workflow',
      status: 'error',
      executionId: 'inst-1:8',
      workflowId: 'wf1',
      errorType: 'NodeApiError',
      errorMessage: '429 too many',
    },
  },
  {
    family: 'Temporal for Python: a workflow that failed tells of it in an event of its last span alone',
    sent: {
      name: 'CompleteWorkflow:Order',
      scope: 'temporalio.contrib.opentelemetry._interceptor',
      attributes: { temporalWorkflowID: 'order-bad', temporalRunID: 'run-1' },
      events: [
        {
          name: 'exception',
          attributes: {
            'exception.type': 'temporalio.exceptions.ActivityError',
            'exception.message': 'Activity task failed',
          },
        },
      ],
    },
    seen: {
      kind: 'workflow',
      status: 'error',
      executionId: 'run-1',
      workflowName: 'Order',
      errorType: 'temporalio.exceptions.ActivityError',
      errorMessage: 'Activity task failed',
    },
  },
  {
    family: 'Temporal: what a client asks of the server is a call',
    sent: { name: 'StartWorkflowUpdate:rename', attributes: { temporalWorkflowID: 'order-1' } },
    seen: { kind: 'downstream', status: 'ok', executionId: null, workflowName: null },
  },
  {
    family: 'Genkit: a tool that asks throws, and waits',
    sent: {
      name: 'askUser',
      scope: 'genkit-tracer',
      attributes: {
        'genkit:type': 'action',
        'genkit:metadata:subtype': 'tool',
        'genkit:name': 'askUser',
        'genkit:state': 'error',
      },
      events: [{ name: 'exception', attributes: { 'exception.type': 'ToolInterruptError' } }],
      over: { statusCode: 2 },
    },
    seen: { kind: 'tool', status: 'interrupted', errorType: 'ToolInterruptError', errorMessage: null },
  },
  {
    family: 'LiveKit: a turn of the agent says what was heard and answered',
    sent: {
      name: 'agent_turn',
      scope: 'livekit-agents',
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': 'a',
        'lk.pii.user_input': 'Weather in Paris?',
        'lk.pii.response.text': 'It is 21 degrees.',
        'lk.interrupted': false,
      },
    },
    seen: { kind: 'agent', status: 'ok' },
    input: [{ role: 'user', parts: [{ type: 'text', content: 'Weather in Paris?' }] }],
    output: [{ role: 'assistant', parts: [{ type: 'text', content: 'It is 21 degrees.' }] }],
  },
  {
    family: 'LiveKit: a step that calls tools has an empty text and the calls beside it',
    sent: {
      name: 'llm_node',
      scope: 'livekit-agents',
      attributes: {
        'gen_ai.request.model': 'gpt-4o-mini',
        'gen_ai.provider.name': 'openai',
        'lk.pii.chat_ctx': json({
          items: [
            { id: 'i', type: 'message', role: 'system', content: ['You tell the weather.'] },
            { id: 'm', type: 'message', role: 'user', content: ['Weather in Paris?'] },
          ],
        }),
        'lk.pii.response.text': '',
        'lk.pii.response.function_calls': json([
          { id: 'f', call_id: 'call_1', arguments: json({ city: 'Paris' }), name: 'get_weather', extra: {} },
        ]),
      },
    },
    seen: { kind: 'llm', model: 'gpt-4o-mini', provider: 'openai' },
    input: [{ role: 'system' }, { role: 'user', parts: [{ type: 'text', content: 'Weather in Paris?' }] }],
    output: [
      {
        role: 'assistant',
        parts: [{ type: 'tool_call', id: 'call_1', name: 'get_weather', arguments: { city: 'Paris' } }],
      },
    ],
  },
  {
    family: 'LiveKit: a tool that failed says so beside a status that does not',
    sent: {
      name: 'function_tool',
      scope: 'livekit-agents',
      attributes: {
        'lk.function_tool.name': 'boom',
        'gen_ai.operation.name': 'execute_tool',
        'lk.pii.function_tool.output': 'An internal error occurred',
        'lk.function_tool.is_error': true,
        'error.type': 'tool_error',
      },
    },
    seen: { kind: 'tool', status: 'error', errorType: 'tool_error' },
  },
])

t.test('what is asked of a memory, and what it knew, are input and output', async (t) => {
  const span = normalized({
    name: 'search_memory',
    attributes: {
      'gen_ai.operation.name': 'search_memory',
      'gen_ai.memory.query.text': 'where does Ada live?',
      'gen_ai.memory.records': json([{ id: 'm1', content: 'Paris' }]),
    },
  })
  t.equal(span.kind, 'retriever')
  const { input, output } = readContent(span)
  t.equal(input.value, 'where does Ada live?')
  t.same(output.value, [{ id: 'm1', content: 'Paris' }])
})

t.test('what people say and sign in with is content, whatever key their engine writes', async (t) => {
  const keys = [
    'lk.pii.user_input',
    'lk.pii.chat_ctx',
    'lk.pii.sip.phoneNumber',
    'lk.pii.anything_new',
    'genkit:metadata:interrupt',
    'genkit:metadata:resumed',
    'genkit:metadata:context',
    'celery.retry.reason',
    'gen_ai.memory.query.text',
    'gen_ai.memory.records',
    'gen_ai.evaluation.explanation',
  ]
  for (const key of keys) {
    const span = normalized({ attributes: { [key]: 'ada@example.com' } })
    t.ok(span.content.has(key), key)
    t.notOk(span.attributes.has(key), key)
  }
})
