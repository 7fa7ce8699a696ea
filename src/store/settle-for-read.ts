import type { Database } from './database.ts'
import type { MarkFilter } from './marks.ts'
import type { Resting } from './resting.ts'
import { settle } from './settle.ts'
import { classify } from './sqlstate.ts'

/** Milliseconds that a read gives to settling: past that it answers with what there is, and says so. */
const SETTLE_MS = 250
const MARKS_AT_ONCE = 1_000

/**
 * Which marks may change an execution, as SQL over `dirty_traces`: those that name it, those of its traces, those of
 * the trace that the id is. The parameters are what stands in the SQL for the realms, the id, and that trace.
 */
export const PENDING_OF_EXECUTION = (realms: string, id: string, trace: string) => `realm = ${realms} and (
  ${id} = any(execution_ids) or trace_id = ${trace}::bytea or (realm, trace_id) in (
    select realm, trace_id from execution_traces where realm = ${realms} and execution_id = ${id}))`

/** The trace whose id this is; null = it is none. */
export const traceOfId = (id: string) => (/^[0-9a-f]{32}$/i.test(id) ? Buffer.from(id, 'hex') : null)

/** Settles the pending marks of one execution's traces, so that its reader does not see the lag. True = stale. */
export async function settleExecution(
  database: Database,
  realms: readonly number[],
  id: string,
  resting?: Resting,
): Promise<boolean> {
  const where = PENDING_OF_EXECUTION('any($1)', '$2', '$3')
  const filter = { where, values: [realms, id, traceOfId(id)], wait: true, limit: MARKS_AT_ONCE }
  return (await isPending(database, filter)) && settleWhere(database, filter, resting)
}

/** Settles the pending marks of a workspace but those of what rests, for its lists. True = stale. */
export async function settleWorkspace(
  database: Database,
  realms: readonly number[],
  resting: Resting,
): Promise<boolean> {
  const filter = { where: 'realm = any($1)', values: [realms], wait: true, limit: MARKS_AT_ONCE }
  if (!(await isPending(database, filter))) return false
  const spared = resting.spare(filter)
  const stale = await settleWhere(database, spared, resting)
  return stale || (spared !== filter && (await isPending(database, filter)))
}

/** Most reads find nothing to do: that costs them one look at a small table. */
async function isPending(database: Database, { where, values }: MarkFilter): Promise<boolean> {
  const { rows } = await database.read.query(`select from dirty_traces where ${where} limit 1`, values)
  return rows.length > 0
}

async function settleWhere(database: Database, filter: MarkFilter, resting?: Resting): Promise<boolean> {
  const until = performance.now() + SETTLE_MS
  try {
    for (;;) {
      const left = until - performance.now()
      if (left <= 0) return true
      const settled = await settle(database.work, filter, left, resting)
      if (settled < filter.limit) return false
    }
  } catch (error) {
    const failure = classify(error).class
    if (failure === 'slow' || failure === 'conflict' || failure === 'overload') return true
    throw error
  }
}
