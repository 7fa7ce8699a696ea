import { type Measured, type Variant, variants } from './session.ts'

/** One variant's numbers: the median of its rounds. */
export interface VariantNumbers {
  spans_per_s: number
  node_us: number
  pg_us: number
  p50_ms: number
  p99_ms: number
  rss_mb: number
}

export type Numbers = Record<Variant, VariantNumbers> & { vs_naive: number; vs_copy: number }

const median = (values: number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const high = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? high : (high + (sorted[middle - 1] ?? 0)) / 2
}

export function numbers(runs: ReadonlyMap<Variant, Measured[]>): Numbers {
  const of = (variant: Variant): VariantNumbers => {
    const all = runs.get(variant) ?? []
    const tenth = (value: number) => Math.round(value * 10) / 10
    return {
      spans_per_s: Math.round(median(all.map(({ spans, ms }) => (spans * 1000) / ms))),
      node_us: tenth(median(all.map(({ node_us }) => node_us))),
      pg_us: tenth(median(all.map(({ pg_us }) => pg_us))),
      p50_ms: tenth(median(all.map(({ p50_ms }) => p50_ms))),
      p99_ms: tenth(median(all.map(({ p99_ms }) => p99_ms))),
      rss_mb: Math.max(...all.map(({ rss_mb }) => rss_mb)),
    }
  }
  const made = Object.fromEntries(variants.map((variant) => [variant, of(variant)])) as Record<
    Variant,
    VariantNumbers
  >
  const ratio = (variant: Variant) =>
    Math.round((made.ours.spans_per_s / made[variant].spans_per_s) * 100) / 100
  return { ...made, vs_naive: ratio('naive'), vs_copy: ratio('copy') }
}

export function ingestTable(workload: string, made: Numbers): string {
  const head = ['spans/s', 'node µs', 'pg µs', 'p50 ms', 'p99 ms', 'RSS MB'].map((name) => name.padStart(9))
  const rows = variants.map((variant) => {
    const cells = Object.values(made[variant]).map((value) => String(value).padStart(9))
    return `${variant.padEnd(18)}${cells.join('')}`
  })
  const ratios = `ours is ${made.vs_naive} × naive, ${made.vs_copy} × raw COPY`
  return [`\n${workload.padEnd(18)}${head.join('')}`, ...rows, ratios].join('\n')
}
