import type { PoolClient } from 'pg'
import { allowsWorkflow, onlyLiteral } from '../access/policy.ts'
import type { Notice } from '../model/span.ts'
import { type ExecutionKey, executionKey } from '../tree/execution-tree.ts'
import { amountOf } from '../tree/money.ts'
import type { RollUp } from '../tree/roll-up.ts'
import type { StoredTrace } from './load-structure.ts'
import type { LockedExecution, StoredExecutionTrace } from './lock-executions.ts'

/** An execution as its spans tell it. */
export interface Settled {
  key: ExecutionKey
  traces: StoredTrace[]
  /** Spans of these traces, all of which were read. */
  read: number
  /** null = no span is left: the execution goes. */
  roll: RollUp | null
  /** The row that is there, locked; absent = none was found. */
  locked: LockedExecution | undefined
}

/** What is derived, with its types: the columns that every roll-up writes anew. */
const DERIVED = {
  workflow_id: 'text',
  workflow_explicit: 'boolean',
  status: 'text',
  started_ns: 'bigint',
  ended_ns: 'bigint',
  name: 'text',
  thread_id: 'text',
  error_message: 'text',
  span_count: 'integer',
  error_count: 'integer',
  llm_call_count: 'integer',
  input_tokens: 'bigint',
  output_tokens: 'bigint',
  total_tokens: 'bigint',
  cached_input_tokens: 'bigint',
  cache_write_input_tokens: 'bigint',
  reasoning_output_tokens: 'bigint',
  cost: 'numeric',
  cost_source: 'text',
  cost_unknown_calls: 'integer',
  counted_rows: 'bytea',
  logged_artifacts: 'boolean',
  complete: 'boolean',
  has_root: 'boolean',
  notices: 'json',
  root_trace_id: 'bytea',
  root_span_id: 'bytea',
  version: 'bigint',
} as const
type Derived = Record<keyof typeof DERIVED, unknown>

const columns = Object.keys(DERIVED).join(', ')
const typed = Object.entries(DERIVED)
  .map(([name, type]) => `${name} ${type}`)
  .join(', ')

/** Executions that are written by one statement: a few hundred bytes each. */
const ROWS_AT_ONCE = 2_000

/** One statement for them; a row that is there and was not locked stays as it is, and is not among what comes back. */
const SAVE = `insert into executions as stored (realm, execution_id, fallback, first_span_at, last_span_at, ${columns})
  select $1, execution_id, fallback, now(), now(), ${columns}
  from json_to_recordset($2::json) as row (execution_id text, fallback boolean, ${typed})
  on conflict (realm, execution_id, fallback) do update set
    last_span_at = case when stored.version = excluded.version then stored.last_span_at else now() end,
    ${Object.keys(DERIVED)
      .map((name) => `${name} = excluded.${name}`)
      .join(', ')}
  where (stored.execution_id, stored.fallback) in (select * from unnest($3::text[], $4::boolean[]))
  returning execution_id, fallback`

/**
 * Writes what is derived of executions, of which those that were there are locked; `stored` = their traces as they
 * are. Resolves with the executions that somebody made since the look: they must be locked, and their spans read, first.
 */
export async function saveRollUps(
  client: PoolClient,
  realm: number,
  settled: readonly Settled[],
  stored: readonly StoredExecutionTrace[],
): Promise<ExecutionKey[]> {
  const kept = settled.filter(({ roll }) => roll !== null)
  const unlocked: ExecutionKey[] = []
  for (let from = 0; from < kept.length; from += ROWS_AT_ONCE) {
    unlocked.push(...(await saveExecutions(client, realm, kept.slice(from, from + ROWS_AT_ONCE))))
  }
  if (unlocked.length > 0) return unlocked
  await saveTraces(client, realm, settled, stored)
  const gone = settled.filter(({ roll, locked }) => roll === null && locked !== undefined)
  if (gone.length > 0) {
    await client.query(
      `delete from executions
       where realm = $1 and (execution_id, fallback) in (select * from unnest($2::text[], $3::boolean[]))`,
      [realm, gone.map(({ key }) => key.executionId), gone.map(({ key }) => key.fallback)],
    )
  }
  return []
}

async function saveExecutions(
  client: PoolClient,
  realm: number,
  kept: readonly Settled[],
): Promise<ExecutionKey[]> {
  if (kept.length === 0) return []
  const patterns = await patternsOf(client, realm)
  const rows = kept.map(({ key, roll, locked }) => ({
    execution_id: key.executionId,
    fallback: key.fallback,
    ...derivedRow(roll as RollUp, locked, patterns),
  }))
  const locked = kept.filter((one) => one.locked !== undefined).map(({ key }) => key)
  const { rows: saved } = await client.query<{ execution_id: string; fallback: boolean }>({
    name: 'save-executions',
    text: SAVE,
    values: [
      realm,
      JSON.stringify(rows),
      locked.map((key) => key.executionId),
      locked.map((key) => key.fallback),
    ],
  })
  if (saved.length === kept.length) return []
  const done = new Set(
    saved.map((row) => executionKey({ executionId: row.execution_id, fallback: row.fallback })),
  )
  return kept.map(({ key }) => key).filter((key) => !done.has(executionKey(key)))
}

function derivedRow(roll: RollUp, locked: LockedExecution | undefined, patterns: readonly string[]): Derived {
  const workflow = decideWorkflow(locked, patterns, roll)
  const { tokens, money, llmCalls } = roll.usage
  return {
    workflow_id: workflow.id,
    workflow_explicit: workflow.explicit,
    status: roll.status,
    started_ns: decimal(roll.startedNs),
    ended_ns: decimal(roll.endedNs),
    name: roll.name,
    thread_id: roll.threadId,
    error_message: roll.errorMessage,
    span_count: roll.spanCount,
    error_count: roll.errorCount,
    llm_call_count: llmCalls,
    input_tokens: tokens.input,
    output_tokens: tokens.output,
    total_tokens: tokens.total,
    cached_input_tokens: tokens.cachedInput,
    cache_write_input_tokens: tokens.cacheWriteInput,
    reasoning_output_tokens: tokens.reasoningOutput,
    cost: money.pico === null ? null : amountOf(money.pico),
    cost_source: money.source,
    cost_unknown_calls: money.unknownCalls,
    counted_rows: `\\x${Buffer.from(roll.countedRows).toString('hex')}`,
    logged_artifacts: roll.loggedArtifacts,
    complete: roll.complete,
    has_root: roll.hasRoot,
    notices: [...roll.notices, ...workflow.notices],
    root_trace_id: hex(roll.rootTraceId),
    root_span_id: hex(roll.rootSpanId),
    version: decimal(roll.version),
  }
}

const decimal = (value: bigint | null) => value?.toString() ?? null
/** As the server reads bytes. */
const hex = (id: string | null) => (id === null ? null : `\\x${id}`)

/** Writes the traces that are new or lie under other days, and deletes those that are no longer the execution's. */
async function saveTraces(
  client: PoolClient,
  realm: number,
  settled: readonly Settled[],
  stored: readonly StoredExecutionTrace[],
): Promise<void> {
  const place = (key: ExecutionKey, traceId: string) => `${executionKey(key)}\0${traceId}`
  const before = new Map(stored.map((one) => [place(one.key, one.traceId), one.days.join()]))
  const rows: unknown[] = []
  for (const { key, traces } of settled) {
    for (const { traceId, days } of traces) {
      const was = before.get(place(key, traceId))
      before.delete(place(key, traceId))
      if (was === days.join()) continue
      rows.push({ execution_id: key.executionId, fallback: key.fallback, trace_id: hex(traceId), days })
    }
  }
  if (rows.length > 0) {
    await client.query({
      name: 'save-execution-traces',
      text: `insert into execution_traces (realm, execution_id, fallback, trace_id, days)
        select $1, execution_id, fallback, trace_id, days
        from json_to_recordset($2::json) as row (execution_id text, fallback boolean, trace_id bytea, days date[])
        on conflict (realm, execution_id, fallback, trace_id) do update set days = excluded.days`,
      values: [realm, JSON.stringify(rows)],
    })
  }
  const gone = stored.filter((one) => before.has(place(one.key, one.traceId)))
  if (gone.length === 0) return
  await client.query(
    `delete from execution_traces t using unnest($2::text[], $3::boolean[], $4::bytea[]) g (id, fallback, trace)
     where t.realm = $1 and t.execution_id = g.id and t.fallback = g.fallback and t.trace_id = g.trace`,
    [
      realm,
      gone.map(({ key }) => key.executionId),
      gone.map(({ key }) => key.fallback),
      gone.map(({ traceId }) => Buffer.from(traceId, 'hex')),
    ],
  )
}

async function patternsOf(client: PoolClient, realm: number): Promise<string[]> {
  const { rows } = await client.query<{ grant_patterns: string }>({
    name: 'grant-patterns',
    text: 'select grant_patterns from realms where id = $1',
    values: [realm],
  })
  return JSON.parse(rows[0]?.grant_patterns ?? '[]') as string[]
}

interface Workflow {
  id: string
  explicit: boolean
  notices: Notice[]
}

/**
 * The first explicit workflow id stays, because access hangs on it; a later different one is a notice. A
 * provisional name counts only inside the writer's grant; outside it the grant's only literal id, else unknown.
 */
function decideWorkflow(
  locked: LockedExecution | undefined,
  patterns: readonly string[],
  roll: RollUp,
): Workflow {
  const explicit = locked?.workflowExplicit ? locked.workflowId : roll.workflowIds[0]
  if (explicit !== undefined)
    return { id: explicit, explicit: true, notices: conflicts(explicit, roll.workflowIds) }
  const name = roll.workflowNames.find((candidate) => allowsWorkflow(patterns, candidate))
  return { id: name ?? onlyLiteral(patterns) ?? 'unknown', explicit: false, notices: [] }
}

function conflicts(kept: string, named: readonly string[]): Notice[] {
  const others = named.filter((id) => id !== kept)
  if (others.length === 0) return []
  const message = `Spans name another workflow too (${others.slice(0, 3).join(', ')}); the first, ${kept}, stays`
  return [{ code: 'workflow_conflict', message, count: others.length }]
}
