import type { Database } from './database.ts'
import type { MarkFilter } from './marks.ts'
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
export function settleExecution(database: Database, realms: readonly number[], id: string): Promise<boolean> {
  const where = PENDING_OF_EXECUTION('any($1)', '$2', '$3')
  return settleWhere(database, {
    where,
    values: [realms, id, traceOfId(id)],
    wait: true,
    limit: MARKS_AT_ONCE,
  })
}

/** Settles the pending marks of a workspace, for its lists. True = stale. */
export function settleWorkspace(database: Database, realms: readonly number[]): Promise<boolean> {
  return settleWhere(database, {
    where: 'realm = any($1)',
    values: [realms],
    wait: true,
    limit: MARKS_AT_ONCE,
  })
}

async function settleWhere(database: Database, filter: MarkFilter): Promise<boolean> {
  const until = performance.now() + SETTLE_MS
  // most reads find nothing to do: that costs them one look at a small table
  const { rows } = await database.read.query(
    `select from dirty_traces where ${filter.where} limit 1`,
    filter.values,
  )
  if (rows.length === 0) return false
  try {
    for (;;) {
      const left = until - performance.now()
      if (left <= 0) return true
      const settled = await settle(database.work, filter, left)
      if (settled < filter.limit) return false
    }
  } catch (error) {
    const failure = classify(error).class
    if (failure === 'slow' || failure === 'conflict' || failure === 'overload') return true
    throw error
  }
}
