import type { Tokens } from '../../model/span.ts'
import type { FoundExecution } from '../../store/find-execution.ts'
import type { Analysis, TimedSpan } from '../../tree/analysis.ts'
import type { SubtreeUsage as CountedSubtree } from '../../tree/subtree.ts'
import type { UsageGroup } from '../../tree/usage-groups.ts'
import type { SubtreeUsage, Summary } from '../schemas/trace.ts'
import { durationMs, rfc3339, rfc3339OrNull } from './time.ts'
import { presentMoney, presentTokens } from './usage.ts'
import type { View } from './view.ts'

/** Totals of an execution, by model and by node, and what its reader must know. */
export function presentSummary(
  found: FoundExecution,
  analysis: Analysis,
  rest: Pick<Summary, 'notices' | 'links' | 'artifacts' | 'including_children'>,
  view: View,
): Summary {
  const { execution, traceIds } = found
  return {
    execution_id: execution.key.executionId,
    workflow_id: execution.workflowId,
    status: execution.status,
    started_at: rfc3339OrNull(execution.startedNs),
    finished_at: rfc3339OrNull(execution.endedNs),
    duration_ms: durationMs(execution.startedNs, execution.endedNs),
    span_count: execution.spanCount,
    error_count: execution.errorCount,
    llm_call_count: execution.llmCallCount,
    trace_ids: traceIds,
    thread_id: execution.threadId,
    complete: execution.complete,
    tokens: presentTokens(execution.tokens as Tokens),
    cost: presentMoney(execution.money),
    by_model: analysis.byModel.map(presentModel),
    by_node: analysis.byNode.map((group) => ({
      node_id: group.id ?? '',
      node_name: view.mask(group.name),
      node_kind: group.kind,
      ...presentGroup(group),
    })),
    critical_path: {
      spans: analysis.criticalPath.map((step) => presentTimed(step, traceIds, view)),
      steps: analysis.criticalSteps,
    },
    slowest: analysis.slowest.map((span) => presentTimed(span, traceIds, view)),
    usage_over_time: {
      bucket_ms: Number(analysis.overTime.widthNs) / NS_PER_MS,
      buckets: analysis.overTime.buckets.map(({ startNs, errors, usage }) => ({
        start: rfc3339(startNs),
        calls: usage.calls,
        errors,
        tokens: presentTokens(usage.tokens),
        cost: presentMoney(usage.money),
      })),
    },
    ...rest,
  }
}

const NS_PER_MS = 1_000_000

/** Of another execution's root only the time is told: its name is for those who may see that execution. */
function presentTimed(span: TimedSpan, traceIds: readonly string[], view: View) {
  return {
    span_id: span.spanId,
    trace: traceIds.indexOf(span.traceId),
    name: span.foreign ? 'sub-execution' : view.mask(span.name),
    kind: span.kind,
    node_id: span.foreign ? null : span.nodeId,
    self_ms: Number(span.selfNs) / NS_PER_MS,
    duration_ms: span.durationMs,
  }
}

/** Totals of a span and all that is below it. */
export function presentSubtree(counted: CountedSubtree): SubtreeUsage {
  const { usage } = counted
  return {
    span_count: counted.spanCount,
    error_count: counted.errorCount,
    llm_call_count: usage.llmCalls,
    tokens: presentTokens(usage.tokens),
    cost: presentMoney(usage.money),
    aggregated: counted.aggregated,
    by_model: counted.byModel.map(presentModel),
  }
}

function presentModel(group: UsageGroup) {
  return { model: group.id, provider: group.name, ...presentGroup(group) }
}

function presentGroup(group: UsageGroup) {
  return {
    calls: group.calls,
    errors: group.errors,
    tokens: presentTokens(group.usage.tokens),
    cost: presentMoney(group.usage.money),
    duration_ms: Number(group.durationNs) / 1_000_000,
  }
}
