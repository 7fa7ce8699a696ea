import { NOTICE_MESSAGES } from '../model/notices.ts'
import type { Notice } from '../model/span.ts'
import { type ExecutionTree, isRoot, missingParent, spanOf } from './execution-tree.ts'
import { displayEndNs, displayStartNs, type SlimSpan } from './slim-span.ts'
import { timeNotices } from './time-notices.ts'
import { countedBits, countedRows, sumUsage, type Usage } from './usage.ts'

/** running, interrupted, completed, failed or cancelled. */
export type ExecutionStatus = 'running' | 'interrupted' | 'completed' | 'failed' | 'cancelled'

/** What `executions` says of an execution, derived from its spans alone. */
export interface RollUp {
  status: ExecutionStatus
  startedNs: bigint | null
  endedNs: bigint | null
  name: string | null
  threadId: string | null
  errorMessage: string | null
  spanCount: number
  errorCount: number
  usage: Usage
  /** Which rows `usage` is the sum of: one bit each (`countedBits`). */
  countedRows: Uint8Array
  /** Log records of its rows carry artifacts. */
  loggedArtifacts: boolean
  complete: boolean
  /** A span without parent has come. */
  hasRoot: boolean
  rootTraceId: string | null
  rootSpanId: string | null
  notices: Notice[]
  /** The workflow ids that spans name explicitly, the shallowest first. */
  workflowIds: string[]
  /** What the engine and the resource call the workflow, the better first: provisional. */
  workflowNames: string[]
  /** Changes when any row does, the roots of executions below included; independent of their order. */
  version: bigint
}

/** Everything that is derived about an execution. Linear in its rows; the same spans give the same answer. */
export function rollUp(tree: ExecutionTree): RollUp {
  const rows = ownRows(tree)
  const spans = rows.map((row) => spanOf(tree, row))
  const roots = rows.filter((row) => isRoot(tree, row)).map((row) => spanOf(tree, row))
  const waiting = rows.flatMap((row) => {
    const parentId = missingParent(tree, row)
    return parentId === null ? [] : [{ parentId, span: spanOf(tree, row) }]
  })
  const status = statusOf(roots, spans)
  const errors = deepestErrors(tree, rows)
  const shallowFirst = byDepth(tree, rows)
  const root = roots[0] ?? null
  const counted = countedRows(tree)
  return {
    status,
    startedNs: extreme(
      spans.map(displayStartNs).filter((time) => time > 0n),
      (a, b) => a < b,
    ),
    endedNs:
      status === 'running'
        ? null
        : extreme(
            spans.map((span) => displayEndNs(span) ?? 0n),
            (a, b) => a > b,
          ),
    name: root?.name ?? null,
    threadId: first(shallowFirst, (span) => span.threadId),
    errorMessage: status === 'failed' ? (last(roots)?.errorMessage ?? errors[0]?.errorMessage ?? null) : null,
    spanCount: rows.length,
    errorCount: errors.length,
    usage: sumUsage(tree, counted),
    countedRows: countedBits(tree, counted),
    loggedArtifacts: tree.order.positions.some((_, row) => (spanOf(tree, row).loggedArtifactCount ?? 0) > 0),
    complete: roots.length > 0 && status !== 'running' && waiting.length === 0,
    hasRoot: roots.length > 0,
    rootTraceId: root?.traceId ?? null,
    rootSpanId: root?.spanId ?? null,
    notices: [...noticesOf(waiting, shallowFirst), ...timeNotices(tree, rows, roots)],
    workflowIds: distinct(shallowFirst, (span) => span.workflowId),
    workflowNames: [
      ...distinct(shallowFirst, (span) => span.workflowName),
      ...distinct(shallowFirst, (span) => span.serviceName),
    ],
    version: versionOf(tree),
  }
}

function versionOf(tree: ExecutionTree): bigint {
  let version = BigInt(tree.order.positions.length)
  for (let row = 0; row < tree.order.positions.length; row++) version ^= spanOf(tree, row).fingerprint
  return version
}

function ownRows(tree: ExecutionTree): number[] {
  const rows: number[] = []
  for (let row = 0; row < tree.order.positions.length; row++)
    if (tree.subExecutions[row] === null) rows.push(row)
  return rows
}

/** Of several roots (a resumed execution) the one that began last tells how it stands. */
function statusOf(roots: readonly SlimSpan[], spans: readonly SlimSpan[]): ExecutionStatus {
  const root = last(roots)
  const latest = root === null ? null : continuationOf(root, spans)
  if (latest === null || [...roots, latest].some(({ status }) => status === 'running')) return 'running'
  if (latest.status === 'error') return 'failed'
  if (latest.status !== 'ok') return latest.status as ExecutionStatus
  return isWaiting(latest, spans) ? 'interrupted' : 'completed'
}

/**
 * What went on when the root had ended: n8n resumes below the span that waited, and who only starts a workflow, in a
 * queue or on a server, does not wait for it. The workflow's span that began last then tells how it stands.
 */
function continuationOf(root: SlimSpan, spans: readonly SlimSpan[]): SlimSpan {
  const { endNs } = root
  if (endNs === null || root.status === 'error' || root.status === 'cancelled') return root
  const later = spans.filter(
    (span) => span !== root && span.kind === 'workflow' && span.executionId !== null && span.startNs >= endNs,
  )
  return later.reduce((latest, span) => (span.startNs >= latest.startNs ? span : latest), root)
}

/** A graph ends well when one of its nodes waits for a human: that node was the last that anything was done in. */
function isWaiting(root: SlimSpan, spans: readonly SlimSpan[]): boolean {
  const below = spans.filter((span) => span.traceId === root.traceId && span.startNs >= root.startNs)
  const ends = below.filter(({ status }) => status === 'interrupted').map(({ endNs }) => endNs ?? 0n)
  const last = extreme(ends, (a, b) => a > b)
  return last !== null && below.every(({ startNs }) => startNs <= last)
}

/** An error is told once: at the deepest span that raised it, not at every span it passed through. */
export function deepestErrors(tree: ExecutionTree, rows: readonly number[]): SlimSpan[] {
  const errors: SlimSpan[] = []
  let nextError = Number.POSITIVE_INFINITY
  for (const row of [...rows].reverse()) {
    const span = spanOf(tree, row)
    if (span.status !== 'error') continue
    if (nextError > row + (tree.order.descendants[row] as number)) errors.push(span)
    nextError = row
  }
  return errors.reverse()
}

function byDepth(tree: ExecutionTree, rows: readonly number[]): SlimSpan[] {
  const { depths } = tree.order
  return [...rows]
    .sort((a, b) => (depths[a] as number) - (depths[b] as number) || a - b)
    .map((row) => spanOf(tree, row))
}

function noticesOf(waiting: readonly Waiting[], spans: readonly SlimSpan[]): Notice[] {
  const notices: Notice[] = []
  const missing = new Set(waiting.map(({ parentId }) => parentId))
  if (missing.size > 0) {
    const ids = [...missing].slice(0, 3).join(', ')
    const what = missing.size === 1 ? 'a parent that has' : 'parents that have'
    notices.push({
      code: 'missing_parent',
      message: `Spans wait for ${what} not come: ${ids}${owing(waiting)}`,
      count: missing.size,
    })
  }
  const counts = new Map<string, number>()
  for (const span of spans) for (const code of span.noticeCodes) counts.set(code, (counts.get(code) ?? 0) + 1)
  for (const [code, count] of [...counts].sort()) notices.push({ code, message: sentenceOf(code), count })
  return notices
}

/** A span that waits for its parent. */
interface Waiting {
  parentId: string
  span: SlimSpan
}

/** OTLP `flags`: the sender knows whether the parent is in another process. */
const PARENT_IS_KNOWN = 0x100

/** Who should have sent the parents: the waiting spans' own service, when they say that the parent is in it. */
function owing(waiting: readonly Waiting[]): string {
  const owed = new Set<string>()
  const unsure = new Set<string>()
  for (const { span } of waiting) {
    if (span.serviceName === null) continue
    ;(span.flags & PARENT_IS_KNOWN ? owed : unsure).add(span.serviceName)
  }
  const named = (services: Set<string>) => [...services].sort().slice(0, 3).join(', ')
  if (owed.size > 0) return `; owed by ${named(owed)}`
  return unsure.size > 0 ? `; their children came from ${named(unsure)}` : ''
}

/** The sentence of a span's notice, told once for all spans that have it. */
function sentenceOf(code: string): string {
  return Object.hasOwn(NOTICE_MESSAGES, code)
    ? NOTICE_MESSAGES[code as keyof typeof NOTICE_MESSAGES]
    : `Spans say: ${code.replaceAll('_', ' ')}`
}

function distinct(spans: readonly SlimSpan[], of: (span: SlimSpan) => string | null): string[] {
  return [...new Set(spans.map(of).filter((value) => value !== null))]
}

function first(spans: readonly SlimSpan[], of: (span: SlimSpan) => string | null): string | null {
  for (const span of spans) {
    const value = of(span)
    if (value !== null) return value
  }
  return null
}

const last = (spans: readonly SlimSpan[]) => spans.at(-1) ?? null

function extreme(times: readonly bigint[], better: (a: bigint, b: bigint) => boolean): bigint | null {
  let best: bigint | null = null
  for (const time of times) if (best === null || better(time, best)) best = time
  return best
}
