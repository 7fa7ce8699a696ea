import { SPAN_KINDS } from '../../model/span.ts'
import type { Family } from '../family.ts'

/** Our own runner's keys. */
export const workflow: Family = {
  name: 'workflow',
  verified: true,
  fields: {
    kind: [{ key: 'workflow.span.kind', map: Object.fromEntries(SPAN_KINDS.map((kind) => [kind, kind])) }],
    kindHint: [
      { key: 'workflow.node.id', is: 'node' },
      { key: 'workflow.execution.id', is: 'workflow' },
    ],
    status: [
      {
        key: 'workflow.status',
        map: { cancelled: 'cancelled', canceled: 'cancelled', interrupted: 'interrupted' },
      },
    ],
    executionId: ['workflow.execution.id'],
    workflowId: ['workflow.id'],
    workflowName: ['workflow.name'],
    threadId: ['workflow.thread.id'],
    nodeId: ['workflow.node.id'],
    nodeName: ['workflow.node.name'],
    nodeKind: ['workflow.node.kind'],
    artifactIds: ['workflow.artifact.ids'],
    artifactList: ['workflow.artifacts'],
  },
  // hashes of artifacts are in it
  content: ['workflow.artifacts'],
}
