import { type Static, Type } from 'typebox'
import { Cost, ExecutionStatus, Nullable, Time, Tokens } from './common.ts'

export const Workflow = Type.Object({
  workflow_id: Type.String(),
  execution_count: Type.Integer(),
  last_started_at: Nullable(Time),
})
export const Workflows = Type.Array(Workflow)
export type Workflows = Static<typeof Workflows>

/** One row of a workflow's executions: Canvas's fields first, ours after (canvas-contract 1.3). */
export const ExecutionRow = Type.Object({
  execution_id: Type.String(),
  workflow_id: Type.String(),
  status: ExecutionStatus,
  started_at: Time,
  completed_at: Nullable(Time),
  error: Nullable(Type.String()),
  inputs: Type.Object({}),
  steps: Type.Array(Type.Object({ index: Type.Integer(), at: Time, payload: Type.Object({}) })),
  duration_ms: Nullable(Type.Number()),
  thread_id: Nullable(Type.String()),
  span_count: Type.Integer(),
  error_count: Type.Integer(),
  tokens: Tokens,
  cost: Cost,
  complete: Type.Boolean(),
  realm: Type.String({ description: 'opaque; tells apart executions of one id that different grants wrote' }),
})
export type ExecutionRow = Static<typeof ExecutionRow>
export const ExecutionRows = Type.Array(ExecutionRow)
