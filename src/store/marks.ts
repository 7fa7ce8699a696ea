import type { PoolClient } from 'pg'

/** Which marks to settle, as SQL over `dirty_traces`, with its parameters. */
export interface MarkFilter {
  where: string
  values: unknown[]
  /** Wait for marks that another process is settling (a reader), or leave them to it (the worker). */
  wait: boolean
  /** About this many marks in one transaction: those of a trace are taken together. */
  limit: number
}

/** What is new of a trace. */
export interface MarkedTrace {
  /** The executions that its new spans name. */
  names: Set<string>
  /** The days that its new spans are stored under, as `YYYY-MM-DD`; null = not known. */
  days: Set<string> | null
}

/** What changed in one realm: by trace id in hex. */
export type MarkedTraces = Map<string, MarkedTrace>

interface Mark {
  realm: number
  trace_id: Buffer
  execution_ids: string[]
  days: string[] | null
  marked_at: Date
  busy: boolean
}

/**
 * Takes marks until COMMIT, by realm in order, with their number. All marks of a trace or none: while they are taken,
 * nobody else settles the trace. A trace of which somebody has a mark is left to the next round, or waited for.
 */
export async function takeMarks(
  client: PoolClient,
  filter: MarkFilter,
): Promise<{ count: number; realms: Map<number, MarkedTraces> }> {
  const { rows } = await client.query<Mark>(
    `with taken as (
       delete from dirty_traces where ctid = any(array(
         select ctid from dirty_traces where (realm, trace_id) in (
           select realm, trace_id from dirty_traces where ${filter.where} order by id limit ${filter.limit})
         order by id for update ${filter.wait ? '' : 'skip locked'}))
       returning id, realm, trace_id, execution_ids, days, marked_at)
     select realm, trace_id, execution_ids, days::text[] as days, marked_at, ${filter.wait ? 'false' : OTHERS} as busy from taken`,
    filter.values,
  )
  const busy = rows.filter((mark) => mark.busy)
  if (busy.length > 0) await putBack(client, busy)
  return { count: rows.length - busy.length, realms: byRealm(rows) }
}

/** Somebody is settling the trace: there are marks of it that could not be taken. */
const OTHERS = `exists (select from dirty_traces d where d.realm = taken.realm and d.trace_id = taken.trace_id
  and d.id not in (select id from taken))`

async function putBack(client: PoolClient, marks: readonly Mark[]): Promise<void> {
  for (const { realm, trace_id, execution_ids, days, marked_at } of marks) {
    await client.query(
      'insert into dirty_traces (realm, trace_id, execution_ids, days, marked_at) values ($1, $2, $3, $4, $5)',
      [realm, trace_id, execution_ids, days, marked_at],
    )
  }
}

function byRealm(marks: readonly Mark[]): Map<number, MarkedTraces> {
  const realms = new Map<number, MarkedTraces>()
  for (const { realm, trace_id, execution_ids, days, busy } of marks) {
    if (busy) continue
    let traces = realms.get(realm)
    if (traces === undefined) realms.set(realm, (traces = new Map()))
    const traceId = trace_id.toString('hex')
    let trace = traces.get(traceId)
    if (trace === undefined) traces.set(traceId, (trace = { names: new Set(), days: new Set() }))
    for (const name of execution_ids) trace.names.add(name)
    if (days === null) trace.days = null
    else for (const day of days) trace.days?.add(day)
  }
  return new Map([...realms].sort(([a], [b]) => a - b))
}
