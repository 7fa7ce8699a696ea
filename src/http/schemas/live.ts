import { type Static, Type } from 'typebox'
import { Cost, ExecutionStatus, Nullable, Time, Tokens } from './common.ts'
import { SkeletonColumns } from './trace.ts'

/** Event `spans`: rows that were added or changed, where they stand in the tree now. */
export const SpansEvent = Type.Object({
  trace_ids: Type.Array(Type.String()),
  total: Type.Integer({ description: 'rows of the whole tree' }),
  tree_version: Type.String(),
  rows: Type.Array(Type.Integer({ description: 'the place of each row in the whole tree, from 0' })),
  columns: SkeletonColumns,
})
export type SpansEvent = Static<typeof SpansEvent>

/** Event `summary`, and `complete` when the execution has ended. */
export const SummaryEvent = Type.Object({
  execution_id: Type.String(),
  workflow_id: Type.String(),
  status: ExecutionStatus,
  started_at: Nullable(Time),
  finished_at: Nullable(Time),
  duration_ms: Nullable(Type.Number()),
  span_count: Type.Integer(),
  error_count: Type.Integer(),
  llm_call_count: Type.Integer(),
  tokens: Tokens,
  cost: Cost,
  complete: Type.Boolean(),
  tree_version: Type.String(),
})
export type SummaryEvent = Static<typeof SummaryEvent>

/** Event `reset`: what the reader missed cannot be told. It reads the skeleton again; what comes later comes here. */
export const ResetEvent = Type.Object({ tree_version: Type.String() })
export type ResetEvent = Static<typeof ResetEvent>

/** Event `reconnect`: open the stream again with the last event's id; a refusal then is the answer. */
export const ReconnectEvent = Type.Object({
  reason: Type.Union([
    Type.Literal('lifetime'),
    Type.Literal('token'),
    Type.Literal('stopping'),
    Type.Literal('changed'),
  ]),
})
export type ReconnectEvent = Static<typeof ReconnectEvent>
