import type { Notice } from '../model/span.ts'
import type { ExecutionTree } from './execution-tree.ts'
import { displayStartNs, type SlimSpan } from './slim-span.ts'

/** A span that starts so long before its caller, in another service, that the clocks differ: nanoseconds. */
const SKEW_NS = 10_000_000n
/** Milliseconds after the ended root was received from which a span is late. */
const LATE_MS = 10 * 60 * 1000

/** What the times of an execution's spans tell: clocks that differ, spans that came long after the end. */
export function timeNotices(
  tree: ExecutionTree,
  rows: readonly number[],
  roots: readonly SlimSpan[],
): Notice[] {
  return [...skew(tree, rows), ...late(tree, rows, roots)]
}

/** Times stay as they were sent: which clock is right, nobody knows. */
function skew(tree: ExecutionTree, rows: readonly number[]): Notice[] {
  const services = new Set<string>()
  let most = 0n
  let count = 0
  for (const row of rows) {
    const span = spanAt(tree, row)
    const parent = tree.spans[tree.forest.parents[tree.order.positions[row] as number] as number]
    if (parent === undefined || parent.serviceName === span.serviceName || span.serviceName === null) continue
    const ahead = displayStartNs(parent) - displayStartNs(span)
    if (ahead < SKEW_NS || span.startNs === 0n || parent.startNs === 0n) continue
    services.add(span.serviceName)
    count += 1
    if (ahead > most) most = ahead
  }
  if (count === 0) return []
  const names = [...services].sort().slice(0, 3).join(', ')
  const message = `Spans of ${names} start before what called them: clocks differ by at least ${most / 1_000_000n} ms`
  return [{ code: 'clock_skew', message, count }]
}

function late(tree: ExecutionTree, rows: readonly number[], roots: readonly SlimSpan[]): Notice[] {
  const ended = roots.filter((root) => root.endNs !== null).map((root) => root.receivedMs ?? Number.NaN)
  const last = Math.max(...ended)
  if (ended.length === 0 || Number.isNaN(last)) return []
  const count = rows.filter((row) => (spanAt(tree, row).receivedMs ?? 0) > last + LATE_MS).length
  if (count === 0) return []
  const message = 'Spans came long after the execution had ended; its totals changed since'
  return [{ code: 'late', message, count }]
}

const spanAt = (tree: ExecutionTree, row: number) =>
  tree.spans[tree.order.positions[row] as number] as SlimSpan
