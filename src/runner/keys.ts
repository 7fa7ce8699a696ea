/** What a span is to the reader of a workflow (attribute `workflow.span.kind`). */
export const SPAN_KINDS = [
  'internal',
  'workflow',
  'node',
  'agent',
  'llm',
  'tool',
  'retriever',
  'embedding',
  'reranker',
  'guardrail',
  'downstream',
] as const
export type SpanKindName = (typeof SPAN_KINDS)[number]

/** Attribute keys that the trace service reads first, before any convention of other engines. */
export const keys = {
  executionId: 'workflow.execution.id',
  workflowId: 'workflow.id',
  workflowName: 'workflow.name',
  threadId: 'workflow.thread.id',
  nodeId: 'workflow.node.id',
  nodeName: 'workflow.node.name',
  nodeKind: 'workflow.node.kind',
  spanKind: 'workflow.span.kind',
  /** `cancelled` or `interrupted`: ends that OpenTelemetry's status cannot say. */
  status: 'workflow.status',
  statusReason: 'workflow.status.reason',
  /** JSON list of {id, name, media_type, size, sha256}. */
  artifacts: 'workflow.artifacts',
  input: 'input.value',
  inputType: 'input.mime_type',
  output: 'output.value',
  outputType: 'output.mime_type',
  cost: 'gen_ai.usage.cost',
} as const

/** `gen_ai.operation.name` of the kinds that OpenTelemetry's GenAI conventions know. */
export const operations: Partial<Record<SpanKindName, string>> = {
  llm: 'chat',
  tool: 'execute_tool',
  agent: 'invoke_agent',
  embedding: 'embeddings',
  retriever: 'retrieval',
}
