import { expectAll } from './support/expect.ts'

const json = JSON.stringify

expectAll([
  {
    family: 'LangGraph through LangSmith: the span that bears the name is the node',
    sent: {
      name: 'plan',
      attributes: { 'langsmith.span.kind': 'chain', 'langsmith.metadata.langgraph_node': 'plan' },
    },
    seen: { kind: 'node', nodeId: 'plan', nodeName: 'plan' },
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
])
