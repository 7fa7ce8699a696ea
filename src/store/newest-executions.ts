import type { Kysely } from 'kysely'
import { type ExecutionRecord, executionRecord } from './execution-record.ts'
import { mayRead, type Reach } from './reach.ts'
import type { Tables } from './tables.ts'

export interface NewestFilter {
  workflowId: string
  /** Unix nanoseconds, both inclusive. */
  fromNs: bigint
  toNs: bigint
  limit: number
}

/** The newest executions of a window by their start: from the index in its order, so that `limit` bounds the work. */
export async function newestExecutions(
  db: Kysely<Tables>,
  reach: Reach,
  { workflowId, fromNs, toNs, limit }: NewestFilter,
): Promise<ExecutionRecord[]> {
  // realm by realm: the index is in order within one only
  const lists = await Promise.all(
    reach.realms.map((realm) =>
      db
        .selectFrom('executions')
        .selectAll()
        .where('realm', '=', realm)
        .where('workflow_id', '=', workflowId)
        .where((eb) => mayRead(eb.ref('workflow_id'), reach))
        .where('started_ns', '>=', String(fromNs))
        .where('started_ns', '<=', String(toNs))
        .orderBy('started_ns', 'desc')
        .orderBy('execution_id')
        .limit(limit)
        .execute(),
    ),
  )
  const rows = lists.flat().map(executionRecord)
  return rows.sort((a, b) => Number((b.startedNs ?? 0n) - (a.startedNs ?? 0n))).slice(0, limit)
}
