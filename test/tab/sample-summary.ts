import type { Summary } from '../../src/http/schemas/trace.ts'
import type { ExecutionRow } from '../../src/tab/model/execution-rows.ts'
import { artifact, iso, type Sample, type SampleSpan, traceId } from './sample-trace.ts'
import { analysisOf, usage } from './sample-usage.ts'

function groups(spans: SampleSpan[], key: (span: SampleSpan) => string | null): [string, SampleSpan[]][] {
  const found = new Map<string, SampleSpan[]>()
  for (const span of spans) {
    const name = key(span)
    if (name === null) continue
    const group = found.get(name)
    if (group) group.push(span)
    else found.set(name, [span])
  }
  return [...found]
}

/** The summary of a sample: sums of its model calls, each counted once. */
export function summaryOf(sample: Sample): Summary {
  const known = ended.get(sample)
  if (known) return known
  const summary = makeSummary(sample)
  if (sample.status !== 'running') ended.set(sample, summary)
  return summary
}

/** The list asks for every sample's summary again and again: of what has ended it is made once. */
const ended = new WeakMap<Sample, Summary>()

function makeSummary(sample: Sample): Summary {
  const { list } = sample
  const calls = list.filter((span) => span.kind === 'llm')
  const all = usage(calls)
  return {
    execution_id: sample.id,
    workflow_id: sample.workflow,
    status: sample.status,
    started_at: iso(sample.startedAt),
    finished_at: sample.duration === null ? null : iso(sample.startedAt + sample.duration),
    duration_ms: sample.duration,
    span_count: list.length,
    error_count: list.filter(
      ({ state, id }) =>
        state === 'error' && !list.some((below) => below.parent === id && below.state === 'error'),
    ).length,
    llm_call_count: calls.length,
    trace_ids: [traceId(sample)],
    thread_id: 'thread-77',
    complete: !sample.orphans,
    tokens: all.tokens,
    cost: all.cost,
    by_model: groups(calls, (span) => span.model).map(([model, spans]) => ({
      model,
      provider: model.startsWith('claude') ? 'anthropic' : 'openai',
      ...usage(spans),
    })),
    by_node: groups(list, (span) => (span.kind === 'node' ? span.name : null)).map(([node, spans]) => ({
      node_id: node,
      node_name: null,
      node_kind: 'task',
      ...usage(spans),
      ...childUsage(list, spans),
    })),
    ...analysisOf(sample),
    notices: [
      ...(calls.length > 0
        ? [
            {
              code: 'redacted',
              message: 'Values were removed before they were stored (rule: phone)',
              count: calls.length,
            },
          ]
        : []),
      ...(sample.orphans
        ? [{ code: 'missing_parent', message: 'Two spans wait for a parent that has not arrived', count: 2 }]
        : []),
    ],
    links: [{ name: 'Grafana', url: `https://grafana.example/explore?trace=${traceId(sample)}` }],
    artifacts: list
      .filter((span) => span.artifacts > 0)
      .slice(0, 4)
      .map((span) => artifact(span.id)),
  }
}

function childUsage(list: SampleSpan[], nodes: SampleSpan[]) {
  const ids = new Set(nodes.map((node) => node.id))
  const { tokens, cost } = usage(list.filter((span) => span.parent !== null && ids.has(span.parent)))
  return { tokens, cost }
}

/** The row of a sample in the list of executions. */
export function rowOf(sample: Sample): ExecutionRow {
  const summary = summaryOf(sample)
  return {
    execution_id: sample.id,
    workflow_id: sample.workflow,
    status: sample.status,
    started_at: iso(sample.startedAt),
    completed_at: summary.finished_at,
    error: null,
    inputs: {},
    steps: [],
    duration_ms: sample.duration,
    thread_id: 'thread-77',
    span_count: summary.span_count,
    error_count: summary.error_count,
    tokens: summary.tokens,
    cost: summary.cost,
    complete: summary.complete,
    realm: 'r1',
  }
}
