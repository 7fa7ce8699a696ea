import type { Pool, PoolClient } from 'pg'
import {
  type ExecutionKey,
  executionKey,
  executionsOf,
  resolveSpans,
  type TracedExecution,
  treeOf,
} from '../tree/execution-tree.ts'
import { rollUp } from '../tree/roll-up.ts'
import { sweepErased } from './erasures.ts'
import type { StoredSlimSpan } from './load-slim.ts'
import { loadTraces } from './load-traces.ts'
import { executionsOfTraces, lockExecutions, tracesOfExecutions } from './lock-executions.ts'
import { type MarkedTraces, type MarkFilter, takeMarks } from './marks.ts'
import type { Resting, RolledUp } from './resting.ts'
import { type Settled, saveRollUps } from './save-roll-up.ts'
import { daysOfGroup, groupsOf, type SettleGroup, together } from './settle-groups.ts'

/** Milliseconds of work after which others have their turn: a trace may have thousands of executions. */
const TURN_MS = 10
const giveWay = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Looks for executions that others made meanwhile, each of which is one more to lock. */
const TRIES = 10

/**
 * Brings the roll-ups of dirty traces up to date, in one transaction: takes the marks of some traces, which keeps
 * others from settling those, locks the executions that they may belong to in key order, reads their spans, writes
 * what is derived. A mark that is committed later than the read stays for the next round, so nothing is missed;
 * READ COMMITTED is what makes the read after the lock see everything that was committed before it.
 *
 * Resolves with the number of marks that were settled (0 = nothing to do). `resting` is told what it cost.
 */
export async function settle(
  pool: Pool,
  filter: MarkFilter,
  lockTimeoutMs: number,
  resting?: Resting,
): Promise<number> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query(`begin; set local lock_timeout = ${Math.max(1, Math.floor(lockTimeoutMs))}`)
    const { count, realms } = await takeMarks(client, filter)
    const began = performance.now()
    const rolledUp: RolledUp[] = []
    for (const [realm, marked] of realms) rolledUp.push(...(await settleTraces(client, realm, marked)))
    await client.query('commit')
    resting?.add(rolledUp, performance.now() - began)
    return count
  } catch (error) {
    await client.query('rollback').catch(() => {
      broken = error as Error
    })
    throw error
  } finally {
    client.release(broken)
  }
}

async function settleTraces(client: PoolClient, realm: number, marked: MarkedTraces): Promise<RolledUp[]> {
  const keys = new Map<string, ExecutionKey>()
  const add = (key: ExecutionKey) => keys.set(executionKey(key), key)
  for (const { names } of marked.values()) {
    for (const executionId of names) add({ executionId, fallback: false })
  }
  for (const key of await executionsOfTraces(client, realm, [...marked.keys()])) add(key)
  for (let tries = 1; ; tries++) {
    const { settled, unlocked } = await settleExecutions(client, realm, marked, inOrder(keys))
    if (unlocked.length === 0) return settled.map((one) => rolledUp(realm, one))
    // made by somebody else since we looked, with traces that we have not read
    if (tries === TRIES) throw new Error('executions appear faster than they are settled')
    for (const key of unlocked) add(key)
  }
}

const rolledUp = (realm: number, { key, read, traces }: Settled): RolledUp => ({
  realm,
  executionId: key.executionId,
  traceIds: traces.map(({ traceId }) => traceId),
  spans: read,
})

const inOrder = (keys: ReadonlyMap<string, ExecutionKey>) =>
  [...keys].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key)

/**
 * Rolls up these executions and whatever else the marked traces belong to. `unlocked` are those that could not be
 * written, because they are there and were not among `keys`.
 */
async function settleExecutions(
  client: PoolClient,
  realm: number,
  marked: MarkedTraces,
  keys: readonly ExecutionKey[],
): Promise<{ settled: Settled[]; unlocked: ExecutionKey[] }> {
  const locked = await lockExecutions(client, realm, keys)
  const stored = await tracesOfExecutions(client, realm, keys)
  const days = new Map<string, Set<string>>()
  for (const one of stored) {
    const known = days.get(one.traceId)
    if (known === undefined) days.set(one.traceId, new Set(one.days))
    else for (const day of one.days) known.add(day)
  }
  const changes = { marked, days }
  const groups = groupsOf(keys, marked, stored)
  let settled = await settledOf(client, realm, changes, groups)
  // an execution that nobody knew of has spans in several groups
  settled ??= (await settledOf(client, realm, changes, [together(groups)])) ?? []
  for (const one of settled) one.locked = locked.get(executionKey(one.key))
  return { settled, unlocked: await saveRollUps(client, realm, settled, stored) }
}

/** What is known of traces before their spans are read. */
interface Changes {
  marked: MarkedTraces
  /** By trace, the days that the last roll-up found. */
  days: ReadonlyMap<string, ReadonlySet<string>>
}

/** What is derived of all groups, in the order of the keys. null = one execution was found in two of them. */
async function settledOf(
  client: PoolClient,
  realm: number,
  changes: Changes,
  groups: readonly SettleGroup[],
): Promise<Settled[] | null> {
  const settled = new Map<string, Settled | null>()
  for (const group of groups) {
    for (const [id, one] of await settledOfGroup(client, realm, changes, group)) {
      if (settled.has(id)) return null
      settled.set(id, one)
    }
  }
  return [...settled].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, one]) => one ?? [])
}

/** By `executionKey`, every execution that has spans in the group's traces; null = nothing of it changed. */
async function settledOfGroup(
  client: PoolClient,
  realm: number,
  changes: Changes,
  group: SettleGroup,
): Promise<Map<string, Settled | null>> {
  const { keys, traceIds } = group
  const { marked } = changes
  const { traces, salt } = await loadSwept(client, realm, traceIds, daysOfGroup(group, marked, changes.days))
  const resolved = resolveSpans([...traces.values()].flat())

  const found = new Map<string, TracedExecution>()
  for (const key of keys) found.set(executionKey(key), { key, traceIds: [] })
  const asked = new Set(found.keys())
  for (const one of executionsOf(resolved)) found.set(executionKey(one.key), one)

  const stored = new Map(
    Array.from(traces, ([traceId, spans]) => [traceId, { traceId, days: daysOf(spans) }]),
  )
  const settledOne = ({ key, traceIds: own }: TracedExecution): Settled => {
    const roll = own.length === 0 ? null : rollUp(treeOf(resolved, key))
    // an execution beside an erased one changed, though its own spans did not
    if (roll !== null) roll.version ^= salt(own)
    return {
      key,
      roll,
      traces: own.flatMap((traceId) => stored.get(traceId) ?? []),
      read: own.reduce((sum, traceId) => sum + (traces.get(traceId)?.length ?? 0), 0),
      locked: undefined,
    }
  }

  const settled = new Map<string, Settled | null>()
  let turn = performance.now()
  for (const [id, one] of found) {
    const changed = asked.has(id) || one.traceIds.some((traceId) => marked.has(traceId))
    settled.set(id, changed ? settledOne(one) : null)
    if (performance.now() - turn < TURN_MS) continue
    await giveWay()
    turn = performance.now()
  }
  return settled
}

const daysOf = (spans: readonly StoredSlimSpan[]) => [...new Set(spans.map((span) => span.day))].sort()

/** The spans of the traces, without what was erased: that is deleted here, if somebody left it. */
async function loadSwept(
  client: PoolClient,
  realm: number,
  traceIds: readonly string[],
  days: readonly string[] | null,
) {
  const traces = await loadTraces(client, realm, traceIds, days)
  const all = [...traces.values()].flat()
  const { spans, salt } = await sweepErased(client, realm, all)
  return { traces: spans === all ? traces : groupByTrace(spans), salt }
}

function groupByTrace(spans: readonly StoredSlimSpan[]): Map<string, StoredSlimSpan[]> {
  const groups = new Map<string, StoredSlimSpan[]>()
  for (const span of spans) {
    const group = groups.get(span.traceId)
    if (group === undefined) groups.set(span.traceId, [span])
    else group.push(span)
  }
  return groups
}
