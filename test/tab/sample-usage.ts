import type { Summary } from '../../src/http/schemas/trace.ts'
import { iso, type Sample, type SampleSpan } from './sample-trace.ts'

/** Tokens and money of spans, as the service sums them up. */
export function usage(spans: SampleSpan[]) {
  const sum = (read: (span: SampleSpan) => number | null) =>
    spans.reduce((total, span) => total + (read(span) ?? 0), 0)
  const input = sum((span) => span.input)
  const output = sum((span) => span.output)
  const calls = spans.filter((span) => span.kind === 'llm')
  return {
    calls: spans.length,
    errors: spans.filter((span) => span.state === 'error').length,
    tokens: {
      input: calls.length ? input : null,
      output: calls.length ? output : null,
      total: calls.length ? input + output : null,
      cached_input: calls.length ? Math.round(input * 0.6) : null,
      cache_write_input: null,
      reasoning_output: calls.length ? calls.length * 38 : null,
    },
    cost: {
      amount: calls.length ? sum((span) => Number(span.cost ?? 0)).toFixed(6) : null,
      currency: 'USD' as const,
      source: calls.length ? ('estimated' as const) : null,
      unknown_calls: 0,
    },
    duration_ms: sum((span) => span.duration),
  }
}

type Timed = Summary['slowest'][number]

/** What the service works out of the times; here only what the tab reads of it. */
export function analysisOf(sample: Sample): Pick<Summary, 'critical_path' | 'slowest' | 'usage_over_time'> {
  const timed = (span: SampleSpan): Timed => ({
    span_id: span.id,
    trace: 0,
    name: span.name,
    kind: span.kind,
    node_id: span.kind === 'node' ? span.name : null,
    self_ms: span.duration ?? 0,
    duration_ms: span.duration,
  })
  const calls = sample.list.filter((span) => span.kind === 'llm')
  const slowest = [...calls].sort((a, b) => (b.duration ?? 0) - (a.duration ?? 0)).slice(0, 10)
  const bucket = Math.max(1, Math.ceil((sample.duration ?? 60_000) / 60))
  const buckets = new Map<number, SampleSpan[]>()
  for (const call of calls) {
    const at = Math.floor((call.start + (call.duration ?? 0)) / bucket)
    buckets.set(at, [...(buckets.get(at) ?? []), call])
  }
  return {
    critical_path: { spans: slowest.map(timed), steps: slowest.length },
    slowest: slowest.map(timed),
    usage_over_time: {
      bucket_ms: bucket,
      buckets: [...buckets].map(([at, spans]) => {
        const { tokens, cost, errors } = usage(spans)
        return { start: iso(sample.startedAt + at * bucket), calls: spans.length, errors, tokens, cost }
      }),
    },
  }
}
