import type { Pool, PoolClient } from 'pg'
import { buildExecutionTree, type ExecutionKey, executionKey, executionsOf } from '../tree/execution-tree.ts'
import { rollUp } from '../tree/roll-up.ts'
import { sweepErased } from './erasures.ts'
import { loadSlimSpans, type StoredSlimSpan } from './load-slim.ts'
import { saveRollUp } from './save-roll-up.ts'

/** Which marks to settle, as SQL over `dirty_traces`, with its parameters. */
export interface MarkFilter {
  where: string
  values: unknown[]
  /** Wait for marks that another process is settling (a reader), or leave them to it (the worker). */
  wait: boolean
  /** At most this many marks in one transaction. */
  limit: number
}

/**
 * Brings the roll-ups of dirty traces up to date, in one transaction: takes marks, resolves the executions of
 * their traces, locks those executions in key order, reads their spans, writes what is derived. A mark that is
 * committed later than the read stays for the next round, so nothing is missed; READ COMMITTED is what makes
 * the read after the lock see everything that was committed before it.
 *
 * Resolves with the number of marks that were settled (0 = nothing to do).
 */
export async function settle(pool: Pool, filter: MarkFilter, lockTimeoutMs: number): Promise<number> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query(`begin; set local lock_timeout = ${Math.max(1, Math.floor(lockTimeoutMs))}`)
    const marks = await takeMarks(client, filter)
    for (const [realm, traceIds] of byRealm(marks)) await settleTraces(client, realm, [...traceIds])
    await client.query('commit')
    return marks.length
  } catch (error) {
    await client.query('rollback').catch(() => {
      broken = error as Error
    })
    throw error
  } finally {
    client.release(broken)
  }
}

interface Mark {
  realm: number
  trace_id: Buffer
}

async function takeMarks(client: PoolClient, filter: MarkFilter): Promise<Mark[]> {
  const { rows } = await client.query<Mark>(
    `delete from dirty_traces where id = any(array(
       select id from dirty_traces where ${filter.where} order by id limit ${filter.limit}
       for update ${filter.wait ? '' : 'skip locked'}))
     returning realm, trace_id`,
    filter.values,
  )
  return rows
}

function byRealm(marks: readonly Mark[]): Map<number, Set<string>> {
  const realms = new Map<number, Set<string>>()
  for (const { realm, trace_id } of marks) {
    let traces = realms.get(realm)
    if (traces === undefined) realms.set(realm, (traces = new Set()))
    traces.add(trace_id.toString('hex'))
  }
  return new Map([...realms].sort(([a], [b]) => a - b))
}

async function settleTraces(client: PoolClient, realm: number, traceIds: string[]): Promise<void> {
  const before = await executionsOfTraces(client, realm, traceIds)
  const now = executionsOf(await loadSlimSpans(client, realm, traceIds))
  const affected = new Map([...before, ...[...now].map(([id, { key }]) => [id, key] as const)])
  const keys = [...affected.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key)
  await lockExecutions(client, realm, keys)

  // again, now that nobody else can settle these executions: what was committed meanwhile is seen
  const traces = await tracesOfExecutions(client, realm, keys, traceIds)
  const { spans, salt } = await sweepErased(client, realm, await loadSlimSpans(client, realm, [...traces]))
  const found = executionsOf(spans)
  const byTrace = groupByTrace(spans)
  for (const key of keys) {
    const execution = found.get(executionKey(key))
    const own = execution === undefined ? [] : [...execution.traceIds].sort()
    const tree = buildExecutionTree(
      own.flatMap((id) => byTrace.get(id) ?? []),
      key,
    )
    const stored = own.map((traceId) => ({ traceId, days: daysIn(byTrace.get(traceId) ?? []) }))
    const roll = own.length === 0 ? null : rollUp(tree)
    // an execution beside an erased one changed, though its own spans did not
    if (roll !== null) roll.version ^= salt(own)
    await saveRollUp(client, realm, key, stored, roll)
  }
}

const daysIn = (spans: readonly StoredSlimSpan[]) => [...new Set(spans.map((span) => span.day))]

function groupByTrace(spans: readonly StoredSlimSpan[]): Map<string, StoredSlimSpan[]> {
  const groups = new Map<string, StoredSlimSpan[]>()
  for (const span of spans) {
    const group = groups.get(span.traceId)
    if (group === undefined) groups.set(span.traceId, [span])
    else group.push(span)
  }
  return groups
}

async function executionsOfTraces(
  client: PoolClient,
  realm: number,
  traceIds: readonly string[],
): Promise<Map<string, ExecutionKey>> {
  const { rows } = await client.query<{ execution_id: string; fallback: boolean }>(
    'select distinct execution_id, fallback from execution_traces where realm = $1 and trace_id = any($2)',
    [realm, traceIds.map((id) => Buffer.from(id, 'hex'))],
  )
  const keys = rows.map((row) => ({ executionId: row.execution_id, fallback: row.fallback }))
  return new Map(keys.map((key) => [executionKey(key), key]))
}

/** Makes the rows if need be, then locks them in key order, so that two settlers cannot deadlock. */
async function lockExecutions(
  client: PoolClient,
  realm: number,
  keys: readonly ExecutionKey[],
): Promise<void> {
  const parameters = [realm, keys.map((key) => key.executionId), keys.map((key) => key.fallback)]
  await client.query(
    `insert into executions (realm, execution_id, fallback, workflow_id, workflow_explicit, status, first_span_at, last_span_at)
     select $1, e.id, e.fallback, 'unknown', false, 'running', now(), now()
     from unnest($2::text[], $3::boolean[]) with ordinality e (id, fallback, position) order by e.position
     on conflict do nothing`,
    parameters,
  )
  await client.query(
    `select 1 from executions where realm = $1
       and (execution_id, fallback) in (select * from unnest($2::text[], $3::boolean[]))
     order by execution_id collate "C", fallback for update`,
    parameters,
  )
}

async function tracesOfExecutions(
  client: PoolClient,
  realm: number,
  keys: readonly ExecutionKey[],
  traceIds: readonly string[],
): Promise<Set<string>> {
  const { rows } = await client.query<{ trace_id: Buffer }>(
    `select distinct trace_id from execution_traces where realm = $1
       and (execution_id, fallback) in (select * from unnest($2::text[], $3::boolean[]))`,
    [realm, keys.map((key) => key.executionId), keys.map((key) => key.fallback)],
  )
  return new Set([...traceIds, ...rows.map((row) => row.trace_id.toString('hex'))])
}
