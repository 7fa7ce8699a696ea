import type { PoolClient } from 'pg'
import { type ExecutionKey, executionKey } from '../tree/execution-tree.ts'

/** What a roll-up must know of an execution that is there. */
export interface LockedExecution {
  workflowId: string
  workflowExplicit: boolean
}

/** A trace of an execution as it is stored. */
export interface StoredExecutionTrace {
  key: ExecutionKey
  traceId: string
  days: string[]
}

/**
 * Executions by their keys, one look-up for each, in the order of the keys: a join would read the realm's whole index
 * whenever the planner thinks it small. The statements have no names: a plan that was kept from when the table was
 * empty takes the index of the lists, and reads all of it at every look-up until the table is analyzed.
 */
const byKey = (table: string, columns: string, end: string) => `select row.*
  from unnest($2::text[], $3::boolean[]) as key (id, fallback) cross join lateral (
    select ${columns} from ${table}
    where realm = $1 and execution_id = key.id and fallback = key.fallback ${end}) row`

const parameters = (realm: number, keys: readonly ExecutionKey[]) => [
  realm,
  keys.map((key) => key.executionId),
  keys.map((key) => key.fallback),
]

/** The executions that some traces were found to belong to, when they were last settled. */
export async function executionsOfTraces(
  client: PoolClient,
  realm: number,
  traceIds: readonly string[],
): Promise<ExecutionKey[]> {
  const { rows } = await client.query<{ execution_id: string; fallback: boolean }>({
    name: 'executions-of-traces',
    text: `select distinct row.* from generate_series(0, length($2::bytea) / 16 - 1) as n cross join lateral (
      select execution_id, fallback from execution_traces
      where realm = $1 and trace_id = substr($2::bytea, n * 16 + 1, 16) offset 0) row`,
    values: [realm, Buffer.from(traceIds.join(''), 'hex')],
  })
  return rows.map((row) => ({ executionId: row.execution_id, fallback: row.fallback }))
}

/**
 * Locks those of the executions that are there, in the order of `keys`, which is the same for everybody: so two
 * settlers cannot deadlock. By `executionKey`.
 */
export async function lockExecutions(
  client: PoolClient,
  realm: number,
  keys: readonly ExecutionKey[],
): Promise<Map<string, LockedExecution>> {
  const { rows } = await client.query<{
    execution_id: string
    fallback: boolean
    workflow_id: string
    workflow_explicit: boolean
  }>({
    text: byKey('executions', 'execution_id, fallback, workflow_id, workflow_explicit', 'for update'),
    values: parameters(realm, keys),
  })
  return new Map(
    rows.map((row) => [
      executionKey({ executionId: row.execution_id, fallback: row.fallback }),
      { workflowId: row.workflow_id, workflowExplicit: row.workflow_explicit },
    ]),
  )
}

/** The traces of executions as they were last settled. */
export async function tracesOfExecutions(
  client: PoolClient,
  realm: number,
  keys: readonly ExecutionKey[],
): Promise<StoredExecutionTrace[]> {
  const { rows } = await client.query<{
    execution_id: string
    fallback: boolean
    trace: string
    days: string[]
  }>({
    text: byKey(
      'execution_traces',
      `execution_id, fallback, encode(trace_id, 'hex') as trace, days::text[] as days`,
      'offset 0',
    ),
    values: parameters(realm, keys),
  })
  return rows.map((row) => ({
    key: { executionId: row.execution_id, fallback: row.fallback },
    traceId: row.trace,
    days: row.days,
  }))
}
