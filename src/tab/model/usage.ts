import type { Summary } from '../../http/schemas/trace.ts'
import type { Columns } from './columns.ts'
import type { SpanKind } from './kinds.ts'
import type { Window } from './timeline.ts'
import type { Tree } from './tree.ts'

const CALLS: ReadonlySet<SpanKind> = new Set(['llm', 'embedding', 'reranker'])

/**
 * One byte a row: 1 = its tokens and cost count. As the service counts: calls of a model that have no such
 * call below them, so that nothing is counted twice.
 */
export function countedRows(tree: Tree, columns: Columns): Uint8Array {
  const counted = new Uint8Array(tree.length)
  const hasCall = new Uint8Array(tree.length)
  for (let row = tree.length - 1; row >= 0; row--) {
    const index = tree.span[row] ?? -1
    const isCall = index >= 0 && CALLS.has(columns.kind[index] ?? 'internal')
    if (isCall && !hasCall[row]) counted[row] = 1
    const parent = tree.parent[row] ?? -1
    if (parent >= 0 && (isCall || hasCall[row])) hasCall[parent] = 1
  }
  return counted
}

/** Tokens and cost that began in one slice of time. */
export interface Slice {
  from: number
  to: number
  calls: number
  input: number
  output: number
  cost: number
}

/** Tokens over time: each call counts in the slice in which it began. */
export function usageOverTime(tree: Tree, columns: Columns, window: Window, slices: number): Slice[] {
  const length = (window.to - window.from) / slices
  const out: Slice[] = Array.from({ length: slices }, (_, n) => ({
    from: window.from + n * length,
    to: window.from + (n + 1) * length,
    calls: 0,
    input: 0,
    output: 0,
    cost: 0,
  }))
  const counted = countedRows(tree, columns)
  for (let row = 0; row < tree.length; row++) {
    if (!counted[row]) continue
    const index = tree.span[row] ?? -1
    const start = columns.offset_ms[index] ?? 0
    if (start < window.from || start > window.to) continue
    const slice = out[Math.min(slices - 1, Math.floor((start - window.from) / length))]
    if (!slice) continue
    slice.calls += 1
    slice.input += columns.input_tokens[index] ?? 0
    slice.output += columns.output_tokens[index] ?? 0
    slice.cost += Number(columns.cost[index] ?? 0)
  }
  return out
}

/**
 * The slices that the service made, those of the window; `startedAt` in Unix milliseconds. There a call counts
 * in the slice in which it ended.
 */
export function toldUsage(told: Summary['usage_over_time'], startedAt: number, window: Window): Slice[] {
  const length = told.bucket_ms
  const known = new Map<number, Slice>()
  for (const bucket of told.buckets) {
    const from = Date.parse(bucket.start) - startedAt
    known.set(Math.round(from / length), {
      from,
      to: from + length,
      calls: bucket.calls,
      input: bucket.tokens.input ?? 0,
      output: bucket.tokens.output ?? 0,
      cost: Number(bucket.cost.amount ?? 0),
    })
  }
  const slices: Slice[] = []
  for (let n = Math.floor(window.from / length); n * length < window.to && slices.length < 200; n++) {
    const none = { from: n * length, to: (n + 1) * length, calls: 0, input: 0, output: 0, cost: 0 }
    slices.push(known.get(n) ?? none)
  }
  return slices
}
