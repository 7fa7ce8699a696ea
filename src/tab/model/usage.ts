import type { Summary } from '../../http/schemas/trace.ts'
import type { Columns } from './columns.ts'
import type { Window } from './timeline.ts'

/** Tokens of calls that began in one slice of time. */
export interface Slice {
  from: number
  to: number
  calls: number
  input: number
  output: number
}

/** Tokens over time: each call counts in the slice in which it began. */
export function usageOverTime(columns: Columns, window: Window, slices: number): Slice[] {
  const length = (window.to - window.from) / slices
  const out: Slice[] = Array.from({ length: slices }, (_, n) => ({
    from: window.from + n * length,
    to: window.from + (n + 1) * length,
    calls: 0,
    input: 0,
    output: 0,
  }))
  for (const [index, counted] of columns.counted.entries()) {
    if (!counted) continue
    const start = columns.offset_ms[index] ?? 0
    if (start < window.from || start > window.to) continue
    const slice = out[Math.min(slices - 1, Math.floor((start - window.from) / length))]
    if (!slice) continue
    slice.calls += 1
    slice.input += columns.input_tokens[index] ?? 0
    slice.output += columns.output_tokens[index] ?? 0
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
    })
  }
  const slices: Slice[] = []
  for (let n = Math.floor(window.from / length); n * length < window.to && slices.length < 200; n++) {
    const none = { from: n * length, to: (n + 1) * length, calls: 0, input: 0, output: 0 }
    slices.push(known.get(n) ?? none)
  }
  return slices
}
