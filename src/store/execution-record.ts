import type { Selectable } from 'kysely'
import type { Notice } from '../model/span.ts'
import type { ExecutionKey } from '../tree/execution-tree.ts'
import { type Money, picoOf } from '../tree/money.ts'
import type { ExecutionStatus } from '../tree/roll-up.ts'
import type { ExecutionsTable } from './tables.ts'

/** One row of `executions` in our words. */
export interface ExecutionRecord {
  realm: number
  key: ExecutionKey
  workflowId: string
  status: ExecutionStatus
  startedNs: bigint | null
  endedNs: bigint | null
  name: string | null
  threadId: string | null
  errorMessage: string | null
  spanCount: number
  errorCount: number
  llmCallCount: number
  tokens: {
    input: number | null
    output: number | null
    total: number | null
    cachedInput: number | null
    cacheWriteInput: number | null
    reasoningOutput: number | null
  }
  money: Money
  /** Which rows of the tree tokens and cost are the sum of (`countedBits`); null = rolled up before this was kept. */
  countedRows: Uint8Array | null
  /** Log records of its spans carry artifacts: then rows are read with them. */
  loggedArtifacts: boolean
  complete: boolean
  notices: Notice[]
  rootTraceId: string | null
  rootSpanId: string | null
  lastSpanAt: Date
  version: string
  /** The order in which executions were first stored. */
  seq: bigint
}

export function executionRecord(row: Selectable<ExecutionsTable>): ExecutionRecord {
  return {
    realm: row.realm,
    key: { executionId: row.execution_id, fallback: row.fallback },
    workflowId: row.workflow_id,
    status: row.status as ExecutionStatus,
    startedNs: row.started_ns === null ? null : BigInt(row.started_ns),
    endedNs: row.ended_ns === null ? null : BigInt(row.ended_ns),
    name: row.name,
    threadId: row.thread_id,
    errorMessage: row.error_message,
    spanCount: row.span_count,
    errorCount: row.error_count,
    llmCallCount: row.llm_call_count,
    tokens: {
      input: count(row.input_tokens),
      output: count(row.output_tokens),
      total: count(row.total_tokens),
      cachedInput: count(row.cached_input_tokens),
      cacheWriteInput: count(row.cache_write_input_tokens),
      reasoningOutput: count(row.reasoning_output_tokens),
    },
    money: {
      pico: row.cost === null ? null : picoOf(row.cost),
      source: row.cost_source as Money['source'],
      unknownCalls: row.cost_unknown_calls,
    },
    countedRows: row.counted_rows,
    loggedArtifacts: row.logged_artifacts,
    complete: row.complete,
    notices: (row.notices as Notice[] | null) ?? [],
    rootTraceId: row.root_trace_id?.toString('hex') ?? null,
    rootSpanId: row.root_span_id?.toString('hex') ?? null,
    lastSpanAt: row.last_span_at,
    version: row.version,
    seq: BigInt(row.seq),
  }
}

const count = (value: string | null) => (value === null ? null : Number(value))
