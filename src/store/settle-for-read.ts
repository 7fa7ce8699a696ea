import type { Database } from './database.ts'
import { type MarkFilter, settle } from './settle.ts'
import { classify } from './sqlstate.ts'

/** Milliseconds that a read gives to settling: past that it answers with what there is, and says so. */
const SETTLE_MS = 250
const MARKS_AT_ONCE = 1_000

/** Settles the pending marks of one execution's traces, so that its reader does not see the lag. True = stale. */
export function settleExecution(database: Database, realms: readonly number[], id: string): Promise<boolean> {
  const values: unknown[] = [realms, id]
  let where = `realm = any($1) and ($2 = any(execution_ids) or (realm, trace_id) in (
    select realm, trace_id from execution_traces where realm = any($1) and execution_id = $2))`
  if (/^[0-9a-f]{32}$/.test(id)) {
    values.push(Buffer.from(id, 'hex'))
    where = `(${where} or (realm = any($1) and trace_id = $3))`
  }
  return settleWhere(database, { where, values, wait: true, limit: MARKS_AT_ONCE })
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
