import type { Stats } from '../../src/http/schemas/compare.ts'
import { summaryOf } from './sample-summary.ts'
import { iso, type Sample } from './sample-trace.ts'
import { usage } from './sample-usage.ts'

/** What the samples of the workflow took, as the service tells it of a window of time. */
export function statsOf(all: Sample[]): Stats {
  const samples = all.filter((sample) => sample.list.length > 1 && sample.list.length < 1_000)
  const nodes = new Map<string, number[]>()
  for (const sample of samples) {
    for (const span of sample.list) {
      if (span.kind !== 'node' || span.duration === null) continue
      nodes.set(span.name, [...(nodes.get(span.name) ?? []), span.duration])
    }
  }
  const { tokens, cost } = usage([])
  const ended = samples.flatMap((sample) => (sample.duration === null ? [] : [sample.duration]))
  return {
    workflow_id: all[0]?.workflow ?? '',
    from: iso(0),
    to: iso(Date.now()),
    executions: {
      total: samples.length,
      by_status: { failed: samples.filter((sample) => summaryOf(sample).status === 'failed').length },
      p50_ms: percentile(ended, 0.5),
      p95_ms: percentile(ended, 0.95),
      tokens,
      cost,
    },
    nodes: [...nodes].map(([node, times]) => ({
      node_id: node,
      node_name: null,
      node_kind: 'task',
      runs: times.length,
      errors: 0,
      p50_ms: percentile(times, 0.5),
      p95_ms: percentile(times, 0.95),
      tokens,
      cost,
    })),
    sampled: {
      executions: false,
      max_executions: 1_000,
      node_executions: samples.length,
      max_node_spans: 20_000,
    },
  }
}

function percentile(values: number[], part: number): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? null
}
