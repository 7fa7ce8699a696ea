import type { Stats } from '../../http/schemas/compare.ts'
import type { Summary } from '../../http/schemas/trace.ts'

/** A node's time in one execution beside its time in the others; all in milliseconds. */
export interface UsualRow {
  /** null = the workflow as a whole. */
  id: string | null
  name: string
  /** A run's time in this execution, on average; null = it did not run, or it still runs. */
  here: number | null
  p50: number | null
  p95: number | null
  runs: number
  errors: number
  /** Slower than nineteen of twenty runs, of enough runs to say so. */
  isSlow: boolean
}

/** Runs below which a 95th percentile says nothing. */
const ENOUGH = 5
/** Nodes that are shown: those that took the most time here. */
const MOST = 20

/** The workflow and the nodes that ran in this execution, against what they usually take. */
export function usualRows(stats: Stats, summary: Summary): UsualRow[] {
  const known = new Map(stats.nodes.map((node) => [node.node_id, node]))
  const { executions } = stats
  const whole = row({
    id: null,
    name: summary.workflow_id,
    here: summary.duration_ms,
    p50: executions.p50_ms,
    p95: executions.p95_ms,
    runs: executions.total,
    errors: executions.by_status.failed ?? 0,
  })
  const nodes = [...summary.by_node]
    .sort((a, b) => b.duration_ms - a.duration_ms)
    .slice(0, MOST)
    .map((node) => {
      const usual = known.get(node.node_id)
      return row({
        id: node.node_id,
        name: node.node_name ?? node.node_id,
        here: node.calls > 0 ? node.duration_ms / node.calls : null,
        p50: usual?.p50_ms ?? null,
        p95: usual?.p95_ms ?? null,
        runs: usual?.runs ?? 0,
        errors: usual?.errors ?? 0,
      })
    })
  return executions.total === 0 ? [] : [whole, ...nodes]
}

function row(from: Omit<UsualRow, 'isSlow'>): UsualRow {
  const { here, p95, runs } = from
  return { ...from, isSlow: here !== null && p95 !== null && runs >= ENOUGH && here > p95 }
}
