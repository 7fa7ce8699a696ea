import { streamStart } from '../../live/position.ts'
import type { FoundExecution } from '../../store/find-execution.ts'
import { amountOf, picoOf } from '../../tree/money.ts'
import { displayDurationMs, displayStartNs, type RowSpan } from '../../tree/slim-span.ts'
import type { TreeRow } from '../../tree/tree-row.ts'
import { isCounted } from '../../tree/usage.ts'
import type { Skeleton, SkeletonColumns } from '../schemas/trace.ts'
import { countUnreferenced } from './artifact.ts'
import { durationMs, rfc3339OrNull } from './time.ts'
import type { View } from './view.ts'

/** What a page says of the execution as a whole. */
export function presentHead({ execution, traceIds, asOf }: FoundExecution): Skeleton['execution'] {
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
    stream_from: streamStart(asOf, traceIds.length),
  }
}

/** Of a span that nobody gave a time: none, it stands where the execution begins. */
const offsetMs = (startNs: bigint, originNs: bigint) =>
  startNs === 0n ? 0 : Number(startNs - originNs) / 1_000_000

/** Rows as columns. `named` = the sub-executions that this reader may see; `counted` = the rows of the totals. */
export function presentColumns(
  rows: readonly TreeRow<RowSpan>[],
  found: FoundExecution,
  named: ReadonlyMap<string, string>,
  counted: Uint8Array,
  view: View,
): SkeletonColumns {
  const traces = new Map(found.traceIds.map((id, index) => [id, index]))
  const originNs = found.execution.startedNs ?? 0n
  // of another execution's root, only that it is there, unless the reader may see that execution
  const hidden = (row: TreeRow<RowSpan>) => row.subExecution !== null && !named.has(row.subExecution)
  const shown = <T>(value: (span: RowSpan) => T, otherwise: T) =>
    rows.map((row) => (hidden(row) ? otherwise : value(row.span)))
  const each = <T>(value: (span: RowSpan) => T) => rows.map((row) => value(row.span))
  // names repeat: what was masked is not masked again
  const known = new Map<string, string>()
  const masked = (text: string) => {
    let mask = known.get(text)
    if (mask === undefined) known.set(text, (mask = view.mask(text)))
    return mask
  }
  return {
    span_id: each((span) => span.spanId),
    parent_span_id: each((span) => (span.parentSpanId === '' ? null : span.parentSpanId)),
    trace: each((span) => traces.get(span.traceId) ?? -1),
    depth: rows.map((row) => row.depth),
    descendants: rows.map((row) => row.descendants),
    name: shown((span) => masked(span.name), 'sub-execution'),
    title: shown((span) => (span.title === null ? null : masked(span.title)), null),
    kind: each((span) => span.kind),
    state: each((span) => span.status),
    offset_ms: each((span) => offsetMs(displayStartNs(span), originNs)),
    duration_ms: each(displayDurationMs),
    node_id: shown((span) => span.nodeId, null),
    model: shown((span) => span.model, null),
    input_tokens: shown((span) => span.tokens.input, null),
    output_tokens: shown((span) => span.tokens.output, null),
    cost: shown((span) => (span.cost === null ? null : amountOf(picoOf(span.cost))), null),
    counted: rows.map((row) => isCounted(counted, row.row)),
    artifacts: each((span) => span.artifactCount + countUnreferenced(span.spanId, view.artifacts)),
    notices: each((span) => (span.noticeCodes.length === 0 ? null : [...span.noticeCodes])),
    event_count: shown((span) => span.eventCount ?? 0, 0),
    missing_parent: rows.map((row) => row.missingParent),
    sub_execution: rows.map((row) => (hidden(row) ? '' : row.subExecution)),
  }
}
