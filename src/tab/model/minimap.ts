import type { Columns } from './columns.ts'
import { KIND_GROUPS, type KindGroup, kindGroup } from './kinds.ts'
import type { Window } from './timeline.ts'

/** Families whose own work is a request to somebody else. */
const CALLERS: ReadonlySet<KindGroup> = new Set(['llm', 'retrieval', 'embedding', 'guardrail'])

/** How busy each slice of time is, by family of kinds, and where errors are. */
export interface Density {
  /** Per family (order of KIND_GROUPS) and slice: how many spans of it were at work, parents of others left out. */
  busy: Float32Array[]
  /** The most that any slice holds over all families. */
  most: number
  errors: Uint8Array
}

/**
 * Counts leaf spans per slice with difference sums: one pass over spans, one over slices. A request over the network
 * counts for what sent it: a model call does not become a tool because its HTTP client is traced too.
 */
export function densityOf(columns: Columns, extent: Window, slices: number, now: number): Density {
  const busy = KIND_GROUPS.map(() => new Float32Array(slices + 1))
  const errors = new Uint8Array(slices)
  // The family of the span that was last seen at each depth: rows come depth first.
  const above: KindGroup[] = []
  const scale = slices / (extent.to - extent.from)
  for (let i = 0; i < columns.span_id.length; i++) {
    const start = columns.offset_ms[i] ?? 0
    const duration = columns.duration_ms[i]
    const end = duration === null || duration === undefined ? Math.max(now, start) : start + duration
    const from = sliceOf(start, extent, scale, slices)
    const to = sliceOf(end, extent, scale, slices)
    if (columns.state[i] === 'error') errors[from] = 1
    const kind = columns.kind[i] ?? 'internal'
    const depth = columns.depth[i] ?? 0
    const sender = kind === 'downstream' && depth > 0 ? above[depth - 1] : undefined
    const group = sender && CALLERS.has(sender) ? sender : kindGroup(kind)
    above[depth] = group
    if ((columns.descendants[i] ?? 0) > 0) continue
    const counts = busy[KIND_GROUPS.indexOf(group)]
    if (!counts) continue
    counts[from] = (counts[from] ?? 0) + 1
    counts[to + 1] = (counts[to + 1] ?? 0) - 1
  }
  let most = 1
  const totals = new Float32Array(slices)
  for (const counts of busy) {
    let sum = 0
    for (let slice = 0; slice < slices; slice++) {
      sum += counts[slice] ?? 0
      counts[slice] = sum
      totals[slice] = (totals[slice] ?? 0) + sum
      most = Math.max(most, totals[slice] ?? 0)
    }
  }
  return { busy, most, errors }
}

function sliceOf(time: number, extent: Window, scale: number, slices: number): number {
  return Math.max(0, Math.min(slices - 1, Math.floor((time - extent.from) * scale)))
}
