import { limits } from '../../limits.ts'
import type { Span } from '../../model/span.ts'
import { readContent } from '../../normalize/content.ts'
import type { FoundExecution } from '../../store/find-execution.ts'
import { spanKey } from '../../store/load-spans.ts'
import type { ExecutionOrder } from '../../tree/execution-order.ts'
import { nearestRoots } from '../../tree/order.ts'
import { displayStartNs, type SlimSpan } from '../../tree/slim-span.ts'
import type { TreeRow } from '../../tree/tree-row.ts'
import type { Artifact } from '../schemas/common.ts'
import type { CanvasSpan, CanvasTrace } from '../schemas/trace.ts'
import type { ArtifactView } from './artifact-view.ts'
import { addState, isState } from './canvas-state.ts'
import { presentSpan } from './span.ts'
import { rfc3339, rfc3339OrNull } from './time.ts'
import type { View } from './view.ts'

/** The rows that a plain request gets: those nearest the roots, closed under ancestors. */
export const canvasRows = (order: ExecutionOrder) => nearestRoots(order, limits.canvasSpans)

/**
 * The answer that the real Canvas reads. It drops a span whose parent is not in the same answer, so every root
 * and orphan says `null` there (the id as sent stays in an attribute); it never asks for a second page, so there
 * is none, and the roots say how much was left out.
 */
export function presentCanvas(
  found: FoundExecution,
  rows: readonly TreeRow[],
  spans: ReadonlyMap<string, Span>,
  view: View,
): CanvasTrace {
  const { execution, traceIds } = found
  const { input, output } = execution.tokens
  const shown = canvasSpans(found, rows, spans, view)
  return {
    execution: {
      id: execution.key.executionId,
      workflow_id: execution.workflowId,
      // Canvas has no word for waiting on a human
      status: execution.status === 'interrupted' ? 'pending' : execution.status,
      thread_id: execution.threadId,
      started_at: rfc3339OrNull(execution.startedNs),
      finished_at: rfc3339OrNull(execution.endedNs),
      trace_id: execution.rootTraceId ?? traceIds[0] ?? '',
      ...(input === null && output === null
        ? {}
        : { token_usage: { input: input ?? 0, output: output ?? 0 } }),
    },
    spans: shown,
    page_info: { has_next_page: false, cursor: null },
  }
}

/** By depth, so that a prefix is closed under ancestors; cut where the answer would grow too large. */
function canvasSpans(
  found: FoundExecution,
  rows: readonly TreeRow[],
  spans: ReadonlyMap<string, Span>,
  view: View,
): CanvasSpan[] {
  const shown: CanvasSpan[] = []
  const keys = new Set<string>()
  let bytes = 0
  for (const { span: slim, subExecution } of [...rows].sort((a, b) => a.depth - b.depth || a.row - b.row)) {
    const span = spans.get(spanKey(slim))
    // a sub-execution's root is told by that execution's own trace
    if (span === undefined || subExecution !== null) continue
    // below what is not shown (another execution, a span that is gone meanwhile) it is a root, as it is without parent
    const isRoot = !keys.has(spanKey({ traceId: slim.traceId, spanId: slim.parentSpanId }))
    const presented = canvasSpan(slim, span, found, isRoot, view)
    bytes += JSON.stringify(presented).length
    if (bytes > limits.canvasBytes && shown.length > 0) break
    shown.push(presented)
    keys.add(spanKey(slim))
  }
  const total = found.execution.spanCount
  for (const span of shown) {
    if (span.parent_span_id !== null) continue
    span.attributes['trace.spans.total'] = total
    span.attributes['trace.spans.returned'] = shown.length
    span.attributes['trace.truncated'] = shown.length < total
  }
  return shown
}

function canvasSpan(
  slim: SlimSpan,
  span: Span,
  { execution }: FoundExecution,
  isRoot: boolean,
  view: View,
): CanvasSpan {
  const presented = presentSpan(slim, span, execution.key.executionId, view)
  const attributes = Object.assign(Object.create(null) as Record<string, unknown>, presented.attributes)
  if (isRoot && presented.parent_span_id !== null)
    attributes['trace.parent_span_id'] = presented.parent_span_id
  addUsage(attributes, slim)
  addCategory(attributes, slim)
  addState(attributes, presented, limits.canvasPreview)
  if (view.content) addContent(attributes, span, view)
  for (const [key, value] of Object.entries(attributes)) if (!isState(key)) attributes[key] = preview(value)
  // it reads an array alone, however long
  if (presented.artifacts.length > 0)
    attributes['orcheo.artifact.ids'] = presented.artifacts.map((one) => openId(one, view.artifacts))
  return {
    ...presented,
    parent_span_id: isRoot ? null : presented.parent_span_id,
    start_time: displayStartNs(slim) === 0n ? someTime(execution) : presented.start_time,
    attributes,
  }
}

/** When a span began that nobody gave a time: with its execution. Canvas would begin its axis in 1970. */
const someTime = ({ startedNs, lastSpanAt }: FoundExecution['execution']) =>
  rfc3339(startedNs ?? BigInt(lastSpanAt.getTime()) * 1_000_000n)

/** What Canvas puts into a download's address: it sends no token, so the id opens the bytes where that is set. */
const openId = ({ id, download_id }: Artifact, { sign }: ArtifactView) =>
  sign === null || download_id === null ? id : sign(download_id)

/** The number that its badges add up; unknown is left out, and the badge says 0 for want of a word. */
function addUsage(attributes: Record<string, unknown>, { tokens, cost }: SlimSpan): void {
  const set = (key: string, value: number | null) => {
    if (value !== null) attributes[key] = value
  }
  set('gen_ai.usage.input_tokens', tokens.input)
  set('gen_ai.usage.output_tokens', tokens.output)
  set('gen_ai.usage.total_tokens', tokens.total)
  set('gen_ai.usage.cost', cost === null ? null : Number(cost))
}

/** OpenInference's words for our kinds, which Canvas turns into its badges. */
const CATEGORIES = new Map<SlimSpan['kind'], string>([
  ['workflow', 'CHAIN'],
  ['node', 'CHAIN'],
  ['agent', 'AGENT'],
  ['llm', 'LLM'],
  ['tool', 'TOOL'],
  ['retriever', 'RETRIEVER'],
  ['embedding', 'EMBEDDING'],
  ['downstream', 'TOOL'],
])

/** Operation names that Canvas knows, and what it shows for them; it shows others as unknown. */
const OPERATIONS = new Map([
  ['chat', 'LLM'],
  ['generate_content', 'LLM'],
  ['text_completion', 'LLM'],
  ['execute_tool', 'TOOL'],
  ['invoke_agent', 'AGENT'],
  ['create_agent', 'AGENT'],
  ['embeddings', 'EMBEDDING'],
])

/** An operation goes before everything else there: one that says something else than our kind must not hide it. */
function addCategory(attributes: Record<string, unknown>, { kind }: SlimSpan): void {
  const category = CATEGORIES.get(kind)
  const operation = OPERATIONS.get(String(attributes['gen_ai.operation.name']))
  if (operation !== undefined && (category ?? operation) === operation) return
  delete attributes['gen_ai.operation.name']
  if (kind === 'llm') attributes['gen_ai.operation.name'] = 'chat'
  else {
    delete attributes['gen_ai.system']
    attributes['openinference.span.kind'] ??= category
  }
}

function addContent(attributes: Record<string, unknown>, span: Span, view: View): void {
  const content = readContent(span)
  for (const side of ['input', 'output'] as const) {
    const key = `${side}.value`
    const { value: raw, messages } = content[side]
    // messages that came as events or log records have no raw value of their own
    const value = raw ?? (messages.length > 0 ? messages : null)
    if (attributes[key] === undefined && value !== null) {
      const text = typeof value === 'string' ? value : JSON.stringify(value)
      // most values stand under the sender's own key too: what was masked there is not masked again
      const same = [...span.content].find(([, one]) => one === text)
      attributes[key] = same === undefined ? view.mask(text) : attributes[same[0]]
    }
  }
}

/** Canvas lays out everything it gets: long texts are cut, the whole is one click away in our own tab. */
function preview(value: unknown): unknown {
  const text =
    typeof value === 'string' ? value : typeof value === 'object' ? (JSON.stringify(value) ?? '') : ''
  return text.length <= limits.canvasPreview
    ? value
    : `${text.slice(0, limits.canvasPreview).toWellFormed()}…`
}
