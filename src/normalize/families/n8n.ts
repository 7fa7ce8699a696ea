import type { Family } from '../family.ts'

/**
 * n8n. Executions are numbered per instance, so the id is qualified by it. A resumed execution has the same id
 * in several traces. The keys of node spans name no execution.
 */
export const n8n: Family = {
  name: 'n8n',
  verified: true,
  scopes: ['n8n-workflow'],
  fields: {
    kind: [
      { key: 'n8n.node.id', is: 'node' },
      { key: 'n8n.execution.id', is: 'workflow' },
    ],
    status: [
      {
        key: 'n8n.execution.status',
        map: {
          success: 'ok',
          error: 'error',
          crashed: 'error',
          failed: 'error',
          canceled: 'cancelled',
          cancelled: 'cancelled',
          waiting: 'interrupted',
        },
      },
      // a node that its workflow did not wait for, although n8n ends it as an error
      { key: 'n8n.node.termination_reason', map: { workflow_cancelled: 'cancelled' } },
    ],
    executionId: ['n8n.execution.id'],
    workflowId: ['n8n.workflow.id'],
    workflowName: ['n8n.workflow.name'],
    nodeId: ['n8n.node.id'],
    nodeName: ['n8n.node.name'],
    nodeKind: ['n8n.node.type'],
    model: ['n8n.node.custom.gen_ai_response.model'],
    requestedModel: ['n8n.node.custom.gen_ai_request.model'],
    inputTokens: ['n8n.node.custom.gen_ai_usage.input_tokens'],
    outputTokens: ['n8n.node.custom.gen_ai_usage.output_tokens'],
    errorType: ['n8n.execution.error_type'],
    instanceId: ['n8n.instance.id'],
    title: ['n8n.workflow.name'],
  },
  structure: ['n8n.workflow.custom.*', 'n8n.project.custom.*', 'n8n.node.custom.*'],
  interpret(reading, span, resource) {
    const id = reading.text('executionId')
    const own = span.attributes.get('n8n.execution.id')
    const instance = reading.text('instanceId') ?? resource.text('instanceId')
    if (id !== null && own !== undefined && String(own) === id && instance !== null) {
      reading.set('executionId', `${instance}:${id}`)
    }
  },
}
