import type { Field } from '../fields.ts'

/**
 * Ids that people put into metadata, association properties and baggage, under the names they use for
 * them. Instrumentations copy such values to every span below, so they name an execution, never a root.
 */
export const COPIED_IDS: Readonly<Record<string, Field>> = {
  'workflow.execution.id': 'executionCopy',
  'execution.id': 'executionCopy',
  execution_id: 'executionCopy',
  executionId: 'executionCopy',
  workflow_execution_id: 'executionCopy',
  workflowExecutionId: 'executionCopy',
  workflow_run_id: 'executionCopy',
  workflowRunId: 'executionCopy',
  run_id: 'executionCopy',
  runId: 'executionCopy',
  'workflow.id': 'workflowCopy',
  workflow_id: 'workflowCopy',
  workflowId: 'workflowCopy',
  'workflow.thread.id': 'threadId',
  thread_id: 'threadId',
  threadId: 'threadId',
  session_id: 'threadId',
  sessionId: 'threadId',
  conversation_id: 'threadId',
  conversationId: 'threadId',
  user_id: 'userId',
  userId: 'userId',
}
