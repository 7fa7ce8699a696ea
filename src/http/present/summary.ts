import type { Tokens } from '../../model/span.ts'
import type { FoundExecution } from '../../store/find-execution.ts'
import type { ExecutionTree } from '../../tree/execution-tree.ts'
import { type UsageGroup, usageByModel, usageByNode } from '../../tree/usage-groups.ts'
import type { Artifact, DashboardLink, Notice } from '../schemas/common.ts'
import type { Summary } from '../schemas/trace.ts'
import { durationMs, rfc3339OrNull } from './time.ts'
import { presentMoney, presentTokens } from './usage.ts'
import type { View } from './view.ts'

/** Totals of an execution, by model and by node, and what its reader must know. */
export function presentSummary(
  found: FoundExecution,
  tree: ExecutionTree,
  rest: { notices: Notice[]; links: DashboardLink[]; artifacts: Artifact[] },
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
    by_model: usageByModel(tree).map((group) => ({
      model: group.id,
      provider: group.name,
      ...presentGroup(group),
    })),
    by_node: usageByNode(tree).map((group) => ({
      node_id: group.id ?? '',
      node_name: view.mask(group.name),
      node_kind: group.kind,
      ...presentGroup(group),
    })),
    ...rest,
  }
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
