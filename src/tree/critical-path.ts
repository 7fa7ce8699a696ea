import type { ExecutionTree } from './execution-tree.ts'
import { displayEndNs, displayStartNs, type SlimSpan } from './slim-span.ts'

/** What one span adds to the time of the whole. */
export interface PathStep {
  row: number
  /** Time in which this span, and none of its children, kept the execution waiting: nanoseconds. */
  selfNs: bigint
}

/**
 * Two spans that follow each other may seem to overlap by this much, where one clock is rounded to milliseconds and the
 * other is not: nanoseconds.
 */
const CLOCK_NS = 2_000_000n

/** Times of every row for display; a running span ends where the last known time of the execution is. */
export function rowTimes(tree: ExecutionTree): { starts: bigint[]; ends: bigint[] } {
  const spans = Array.from(tree.order.positions, (position) => tree.spans[position] as SlimSpan)
  const starts = spans.map(displayStartNs)
  let last = 0n
  for (const [row, span] of spans.entries()) {
    const end = displayEndNs(span) ?? (starts[row] as bigint)
    if (end > last) last = end
  }
  return { starts, ends: spans.map((span) => displayEndNs(span) ?? last) }
}

/** The rows directly below each row; the roots are below −1. */
export function childRows(tree: ExecutionTree): Map<number, number[]> {
  const children = new Map<number, number[]>()
  const open: number[] = []
  for (let row = 0; row < tree.order.positions.length; row++) {
    open.length = tree.order.depths[row] as number
    const parent = open.at(-1) ?? -1
    const siblings = children.get(parent)
    if (siblings === undefined) children.set(parent, [row])
    else siblings.push(row)
    open.push(row)
  }
  return children
}

/**
 * The chain of spans that the end of the execution waited for, in tree order, from the root that ended last. It
 * assumes that parents wait for their children: from the end of a span backwards, the child that ended last is
 * what it waited for, then the child that ended last before that one began, and so on. What no child covers is
 * the span's own.
 */
export function criticalPath(
  tree: ExecutionTree,
  times = rowTimes(tree),
  children = childRows(tree),
): PathStep[] {
  const { starts, ends } = times
  const roots = children.get(-1) ?? []
  let root = roots[0]
  if (root === undefined) return []
  for (const other of roots) if ((ends[other] as bigint) > (ends[root] as bigint)) root = other
  const steps: PathStep[] = []
  const left: { row: number; end: bigint }[] = [{ row: root, end: ends[root] as bigint }]
  while (left.length > 0) {
    const { row, end } = left.pop() as { row: number; end: bigint }
    const start = starts[row] as bigint
    let at = end
    let selfNs = 0n
    const latestFirst = (children.get(row) ?? []).toSorted((a, b) =>
      (ends[a] as bigint) < (ends[b] as bigint) ? 1 : -1,
    )
    for (const child of latestFirst) {
      const childStart = max(starts[child] as bigint, start)
      const childEnd = ends[child] as bigint
      // one that outlives its parent was not waited for to its end
      const ended = childEnd > end ? end : childEnd
      if (childStart >= at || ended <= start) continue
      // one that overlaps the chain was not waited for at all, but clocks are not better than this
      const overlap = ended - at
      if (overlap > CLOCK_NS || overlap * 2n > ended - childStart) continue
      const waited = overlap > 0n ? at : ended
      selfNs += at - waited
      left.push({ row: child, end: waited })
      at = childStart
    }
    selfNs += max(0n, at - start)
    steps.push({ row, selfNs })
  }
  return steps.sort((a, b) => a.row - b.row)
}

/** Each row's time that none of its children covers: nanoseconds. */
export function selfTimes(tree: ExecutionTree, times = rowTimes(tree), children = childRows(tree)): bigint[] {
  const { starts, ends } = times
  return starts.map((start, row) => {
    const end = ends[row] as bigint
    let covered = 0n
    let until = start
    // children come in the order of their start as sent; display times can differ
    const inOrder = (children.get(row) ?? []).toSorted((a, b) =>
      (starts[a] as bigint) < (starts[b] as bigint) ? -1 : 1,
    )
    for (const child of inOrder) {
      const from = max(starts[child] as bigint, until)
      const to = (ends[child] as bigint) > end ? end : (ends[child] as bigint)
      if (to <= from) continue
      covered += to - from
      until = to
    }
    return max(0n, end - start - covered)
  })
}

const max = (a: bigint, b: bigint) => (a > b ? a : b)
