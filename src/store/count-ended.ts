import type { Pool } from 'pg'

/**
 * Why an ended execution is not complete: a bounded set, each a label value; the first that holds counts. A parent is
 * missing in all of them: where the sender says that it keeps a share of its spans only, that is why.
 */
const REASONS = ['sampled', 'missing_parent'] as const
type IncompleteReason = (typeof REASONS)[number] | 'other'

/** Executions that ended alike. */
export interface Ended {
  status: string
  complete: boolean
  reason: IncompleteReason | null
  count: number
}

/** Executions that are counted at a time. */
const BATCH = 1_000
/** Milliseconds without new spans after which an ended execution is counted: stragglers have come by then. */
const ENDED_FOR_MS = 10_000

/**
 * Executions that ended and were not counted yet, marked as counted: each is counted once, by one process, whoever
 * settled it. One that ends again after it was resumed is not counted again.
 */
export async function countEnded(pool: Pool, endedForMs = ENDED_FOR_MS): Promise<Ended[]> {
  const { rows } = await pool.query<{ status: string; complete: boolean; codes: string[]; count: number }>(
    `with ended as (
       update executions set counted = true where ctid = any(array(
         select ctid from executions
         where not counted and status in ('completed', 'failed', 'cancelled')
           and last_span_at < now() - make_interval(secs => $1 / 1000.0)
         limit ${BATCH} for update skip locked))
       returning status, complete,
         array(select n ->> 'code' from json_array_elements(coalesce(notices::json, '[]')) n
               where n ->> 'code' = any($2)) as codes)
     select status, complete, codes, count(*)::int as count from ended group by status, complete, codes`,
    [endedForMs, REASONS],
  )
  return rows.map(({ status, complete, codes, count }) => ({
    status,
    complete,
    reason: complete ? null : (REASONS.find((reason) => codes.includes(reason)) ?? 'other'),
    count,
  }))
}
