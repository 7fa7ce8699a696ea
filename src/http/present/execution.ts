import type { ExecutionRecord } from '../../store/execution-record.ts'
import type { ExecutionRow } from '../schemas/executions.ts'
import { durationMs, rfc3339, rfc3339OrNull } from './time.ts'
import { presentMoney, presentTokens } from './usage.ts'
import { type View, viewMessage } from './view.ts'

/** One row of a workflow's executions, in Canvas's words and ours. */
export function presentExecution(execution: ExecutionRecord, view: View): ExecutionRow {
  return {
    execution_id: execution.key.executionId,
    workflow_id: execution.workflowId,
    status: execution.status,
    // Canvas's list dies without a start: one that nobody sent is the time of storing
    started_at: rfc3339(execution.startedNs ?? BigInt(execution.lastSpanAt.getTime()) * 1_000_000n),
    completed_at: rfc3339OrNull(execution.endedNs),
    error: viewMessage(execution.errorMessage, view),
    inputs: {},
    steps: [],
    duration_ms: durationMs(execution.startedNs, execution.endedNs),
    thread_id: execution.threadId,
    span_count: execution.spanCount,
    error_count: execution.errorCount,
    tokens: presentTokens(execution.tokens),
    cost: presentMoney(execution.money),
    complete: execution.complete,
    realm: realmWord(execution.realm),
  }
}

/** The realm as clients see it: a word to hand back, nothing to read. */
export const realmWord = (realm: number) => realm.toString(36)

/** The reverse of `realmWord`; undefined = not one of ours. */
export function realmNumber(word: string | undefined): number | undefined {
  if (word === undefined || !/^[0-9a-z]{1,6}$/.test(word)) return undefined
  return Number.parseInt(word, 36)
}
