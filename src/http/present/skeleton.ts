import type { FoundExecution } from '../../store/find-execution.ts'
import { type ExecutionTree, missingParent } from '../../tree/execution-tree.ts'
import { amountOf, picoOf } from '../../tree/money.ts'
import { displayDurationMs, displayStartNs, type SlimSpan } from '../../tree/slim-span.ts'
import type { Skeleton, SkeletonColumns } from '../schemas/trace.ts'
import { durationMs, rfc3339OrNull } from './time.ts'
import type { View } from './view.ts'

/** What a page says of the execution as a whole. */
export function presentHead({ execution, traceIds }: FoundExecution): Skeleton['execution'] {
  return {
    execution_id: execution.key.executionId,
    workflow_id: execution.workflowId,
    status: execution.status,
    thread_id: execution.threadId,
    started_at: rfc3339OrNull(execution.startedNs),
    finished_at: rfc3339OrNull(execution.endedNs),
    duration_ms: durationMs(execution.startedNs, execution.endedNs),
    trace_ids: traceIds,
    complete: execution.complete,
    tree_version: execution.version,
  }
}

/** The rows `from` (inclusive) to `to` (exclusive) as columns. `named` = the sub-executions that this reader may see. */
export function presentColumns(
  tree: ExecutionTree,
  found: FoundExecution,
  [from, to]: [number, number],
  named: ReadonlyMap<string, string>,
  view: View,
): SkeletonColumns {
  const traces = new Map(found.traceIds.map((id, index) => [id, index]))
  const originNs = found.execution.startedNs ?? 0n
  const rows = Array.from({ length: to - from }, (_, i) => from + i)
  const spans = rows.map((row) => tree.spans[tree.order.positions[row] as number] as SlimSpan)
  const sub = rows.map((row) => tree.subExecutions[row] ?? null)
  // of another execution's root, only that it is there, unless the reader may see that execution
  const hidden = sub.map((id) => id !== null && !named.has(id))
  const shown = <T>(i: number, value: T, otherwise: T) => (hidden[i] ? otherwise : value)
  return {
    span_id: spans.map((span) => span.spanId),
    parent_span_id: spans.map((span) => (span.parentSpanId === '' ? null : span.parentSpanId)),
    trace: spans.map((span) => traces.get(span.traceId) ?? -1),
    depth: rows.map((row) => tree.order.depths[row] as number),
    descendants: rows.map((row) => tree.order.descendants[row] as number),
    name: spans.map((span, i) => shown(i, view.mask(span.name), 'sub-execution')),
    title: spans.map((span, i) => shown(i, view.mask(span.title), null)),
    kind: spans.map((span) => span.kind),
    state: spans.map((span) => span.status),
    offset_ms: spans.map((span) => Number(displayStartNs(span) - originNs) / 1_000_000),
    duration_ms: spans.map(displayDurationMs),
    node_id: spans.map((span, i) => shown(i, span.nodeId, null)),
    model: spans.map((span, i) => shown(i, span.model, null)),
    input_tokens: spans.map((span, i) => shown(i, span.tokens.input, null)),
    output_tokens: spans.map((span, i) => shown(i, span.tokens.output, null)),
    cost: spans.map((span, i) => shown(i, span.cost === null ? null : amountOf(picoOf(span.cost)), null)),
    artifacts: spans.map((span) => span.artifactCount),
    notices: spans.map((span) => (span.noticeCodes.length === 0 ? null : [...span.noticeCodes])),
    missing_parent: rows.map((row) => missingParent(tree, row)),
    sub_execution: sub.map((id, i) => (hidden[i] ? '' : id)),
  }
}
