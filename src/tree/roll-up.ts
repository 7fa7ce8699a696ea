import type { Notice } from '../model/span.ts'
import { type ExecutionTree, isRoot, missingParent } from './execution-tree.ts'
import { displayEndNs, displayStartNs, type SlimSpan } from './slim-span.ts'
import { countedRows, sumUsage, type Usage } from './usage.ts'

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
  /** Changes when any span does; independent of their order. */
  version: bigint
}

/** Everything that is derived about an execution. Linear in its rows; the same spans give the same answer. */
export function rollUp(tree: ExecutionTree): RollUp {
  const rows = ownRows(tree)
  const spans = rows.map((row) => spanOf(tree, row))
  const roots = rows.filter((row) => isRoot(tree, row)).map((row) => spanOf(tree, row))
  const missing = new Set(rows.map((row) => missingParent(tree, row)).filter((id) => id !== null))
  const status = statusOf(roots)
  const errors = deepestErrors(tree, rows)
  const shallowFirst = byDepth(tree, rows)
  const root = roots[0] ?? null
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
    usage: sumUsage(tree, countedRows(tree)),
    complete: roots.length > 0 && status !== 'running' && missing.size === 0,
    hasRoot: roots.length > 0,
    rootTraceId: root?.traceId ?? null,
    rootSpanId: root?.spanId ?? null,
    notices: noticesOf(missing, shallowFirst),
    workflowIds: distinct(shallowFirst, (span) => span.workflowId),
    workflowNames: [
      ...distinct(shallowFirst, (span) => span.workflowName),
      ...distinct(shallowFirst, (span) => span.serviceName),
    ],
    version: spans.reduce((version, span) => version ^ span.fingerprint, BigInt(rows.length)),
  }
}

const spanOf = (tree: ExecutionTree, row: number) =>
  tree.spans[tree.order.positions[row] as number] as SlimSpan

function ownRows(tree: ExecutionTree): number[] {
  const rows: number[] = []
  for (let row = 0; row < tree.order.positions.length; row++)
    if (tree.subExecutions[row] === null) rows.push(row)
  return rows
}

/** Of several roots (a resumed execution) the one that began last tells how it stands. */
function statusOf(roots: readonly SlimSpan[]): ExecutionStatus {
  const latest = last(roots)
  if (latest === null || roots.some((root) => root.status === 'running')) return 'running'
  if (latest.status === 'error') return 'failed'
  return latest.status === 'ok' ? 'completed' : (latest.status as ExecutionStatus)
}

/** An error is told once: at the deepest span that raised it, not at every span it passed through. */
function deepestErrors(tree: ExecutionTree, rows: readonly number[]): SlimSpan[] {
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

function noticesOf(missing: ReadonlySet<string>, spans: readonly SlimSpan[]): Notice[] {
  const notices: Notice[] = []
  if (missing.size > 0) {
    const ids = [...missing].slice(0, 3).join(', ')
    const message = `Spans wait for ${missing.size === 1 ? 'a parent that has' : 'parents that have'} not come: ${ids}`
    notices.push({ code: 'missing_parent', message, count: missing.size })
  }
  const counts = new Map<string, number>()
  for (const span of spans) for (const code of span.noticeCodes) counts.set(code, (counts.get(code) ?? 0) + 1)
  for (const [code, count] of [...counts].sort()) {
    notices.push({
      code,
      message: `${count === 1 ? 'One span says' : `${count} spans say`}: ${code.replaceAll('_', ' ')}`,
      count,
    })
  }
  return notices
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
