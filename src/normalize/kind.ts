import { SPAN_KINDS, type SpanKind } from '../model/span.ts'
import type { Reading } from './reading.ts'

const KINDS = new Set<string>(SPAN_KINDS)

/**
 * What the span is to the reader. A chain (OpenInference, LangSmith, MLflow) is a workflow where it is the
 * root or names an execution or workflow itself, a node where it is one, and else a step inside.
 */
export function kindOf(reading: Reading, isRoot: boolean): SpanKind {
  const kind = reading.text('kind')
  if (kind === 'chain') {
    if (reading.text('nodeId') !== null || reading.text('nodeName') !== null) return 'node'
    const named = reading.text('executionId') !== null || reading.text('workflowId') !== null
    return isRoot || named ? 'workflow' : 'internal'
  }
  if (kind !== null && KINDS.has(kind)) return kind as SpanKind
  const hint = reading.text('kindHint')
  const model = reading.text('model') ?? reading.text('requestedModel')
  const usage = reading.count('inputTokens') ?? reading.count('outputTokens')
  // A model with usage is a call of it, whatever protocol keys stand beside.
  if (model !== null && usage !== null && (hint === null || hint === 'downstream')) return 'llm'
  return hint !== null && KINDS.has(hint) ? (hint as SpanKind) : 'internal'
}
