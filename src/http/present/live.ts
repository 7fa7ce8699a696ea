import type { FoundExecution } from '../../store/find-execution.ts'
import type { SummaryEvent } from '../schemas/live.ts'
import { durationMs, rfc3339OrNull } from './time.ts'
import { presentMoney, presentTokens } from './usage.ts'

/** What a stream tells of the execution as a whole. */
export function presentLiveSummary({ execution }: FoundExecution): SummaryEvent {
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
    tokens: presentTokens(execution.tokens),
    cost: presentMoney(execution.money),
    complete: execution.complete,
    tree_version: execution.version,
  }
}
