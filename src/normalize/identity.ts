import type { Reading } from './reading.ts'

export interface Identity {
  executionId: string | null
  workflowId: string | null
  workflowName: string | null
  threadId: string | null
  userId: string | null
}

/**
 * Which execution, workflow, thread and user the span itself names: its own keys, then ids copied onto it,
 * then its resource. What it inherits is found by tree/.
 */
export function identityOf(own: Reading, resource: Reading): Identity {
  return {
    executionId:
      own.text('executionId') ??
      own.text('executionCopy') ??
      resource.text('executionId') ??
      resource.text('executionCopy'),
    workflowId:
      own.text('workflowId') ??
      own.text('workflowCopy') ??
      resource.text('workflowId') ??
      resource.text('workflowCopy'),
    workflowName: own.text('workflowName') ?? resource.text('workflowName'),
    threadId: own.text('threadId') ?? resource.text('threadId'),
    userId: own.text('userId') ?? resource.text('userId'),
  }
}
