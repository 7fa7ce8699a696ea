import type { NodeOfGraph, NodeRun } from './node-runs.ts'

/** One node ran after another, or within it. */
export interface GraphEdge {
  from: string
  to: string
  /** How often. */
  times: number
  /** `after`: it began when the other had ended; `within`: it is the first below the other. */
  type: 'after' | 'within'
}

/** Milliseconds by which the clocks of a runner may make two steps overlap. */
const TOLERANCE = 1
/** Of one run, at most this many that it waited for; a join of more is drawn with these. */
const JOINED = 64

interface Placed extends NodeRun {
  id: string
}

/**
 * Which node ran after which. Among the runs that share a parent, a run comes after those that had ended when
 * it began and that nothing lies between: a chain for steps, a fork and a join for what ran side by side.
 */
export function edgesOf(nodes: readonly NodeOfGraph[]): GraphEdge[] {
  const groups = new Map<number, Placed[]>()
  const idOfRow = new Map<number, string>()
  for (const node of nodes) {
    for (const run of node.runs) {
      idOfRow.set(run.row, node.id)
      const group = groups.get(run.parent)
      if (group) group.push({ ...run, id: node.id })
      else groups.set(run.parent, [{ ...run, id: node.id }])
    }
  }
  const edges = new Map<string, GraphEdge>()
  const count = (from: string, to: string, type: GraphEdge['type']) => {
    const key = JSON.stringify([from, to, type])
    const edge = edges.get(key)
    if (edge) edge.times += 1
    else edges.set(key, { from, to, times: 1, type })
  }
  for (const [parent, runs] of groups) {
    const above = idOfRow.get(parent)
    for (const [run, before] of predecessors(runs)) {
      for (const other of before) count(other.id, run.id, 'after')
      if (before.length === 0 && above !== undefined) count(above, run.id, 'within')
    }
  }
  return [...edges.values()]
}

/** Each run with those that it directly followed. */
function predecessors(runs: readonly Placed[]): [Placed, Placed[]][] {
  const byEnd = [...runs].sort((a, b) => a.to - b.to)
  // The latest start among the runs that ended first, up to each place.
  const latest: number[] = []
  for (const run of byEnd) latest.push(Math.max(latest.at(-1) ?? Number.NEGATIVE_INFINITY, run.from))
  return runs.map((run) => {
    const ended = countEnded(byEnd, run.from + TOLERANCE)
    // The latest start of one before it: a run shorter than the tolerance has "ended" before it began itself.
    let since = Number.NEGATIVE_INFINITY
    let last = ended - 1
    for (; last >= ended - JOINED && (latest[last] ?? since) >= run.from; last--) {
      const from = byEnd[last]?.from ?? since
      if (from < run.from) since = Math.max(since, from)
    }
    since = Math.max(since, latest[last] ?? since)
    const before: Placed[] = []
    for (let at = ended - 1; at >= 0 && before.length < JOINED; at--) {
      const other = byEnd[at]
      if (!other || other.to < since) break
      // One that had ended when the latest began lies behind that one.
      if (other.from < since && other.to <= since + TOLERANCE) continue
      if (other.row !== run.row && other.from < run.from) before.push(other)
    }
    return [run, before]
  })
}

/** How many of the runs, which ascend by their end, had ended by a time. */
function countEnded(byEnd: readonly Placed[], time: number): number {
  let low = 0
  let high = byEnd.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((byEnd[middle]?.to ?? 0) <= time) low = middle + 1
    else high = middle
  }
  return low
}
