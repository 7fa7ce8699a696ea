import type { ClientBase } from 'pg'
import { deleteArtifactsOf, dropArtifactBytesBefore } from './artifacts-delete.ts'
import type { Day } from './partitions.ts'

/** Rows looked at in one transaction. */
const BATCH = 500

/** How many rows went. */
export interface Outlived {
  executions: number
  artifacts: number
}

/** One trace of an execution, and where the next look goes on. */
interface Candidate {
  realm: number
  execution_id: string
  fallback: boolean
  trace_id: Buffer
}

/**
 * Removes what outlives the partitions of spans: executions that have no span left (one that has some stays as it
 * is until the last goes), their traces and artifacts, the bytes of artifacts stored before `before`, and artifacts
 * that no execution ever claimed. Erasures stay for ever.
 *
 * @param firstDay the first day that is kept
 * @param client one connection, not in a transaction
 */
export async function deleteOutlived(
  client: ClientBase,
  firstDay: Day,
  before: Date,
  batch = BATCH,
): Promise<Outlived> {
  const gone: Outlived = { executions: 0, artifacts: 0 }
  let after: Candidate | null = null
  for (;;) {
    const candidates: Candidate[] = await tracesBefore(client, firstDay, after, batch)
    if (candidates.length > 0) {
      const deleted = await deleteWithoutSpans(client, candidates)
      gone.executions += deleted.executions
      gone.artifacts += deleted.artifacts
    }
    if (candidates.length < batch) break
    after = candidates.at(-1) ?? null
  }
  for (;;) {
    const dropped = await dropArtifactBytesBefore(client as never, before)
    if (dropped === 0) break
    gone.artifacts += dropped
  }
  await client.query(
    `delete from artifacts a where stored_at < $1 and not exists (
       select from executions e where e.realm = a.realm and e.execution_id = a.execution_id)`,
    [before],
  )
  return gone
}

/** Traces whose spans were all stored under days that are gone, or under none: in key order, so once each. */
async function tracesBefore(
  client: ClientBase,
  firstDay: Day,
  after: Candidate | null,
  batch: number,
): Promise<Candidate[]> {
  const place = after === null ? [] : [after.realm, after.execution_id, after.fallback, after.trace_id]
  const { rows } = await client.query<Candidate>(
    `select realm, execution_id, fallback, trace_id from execution_traces
     where ${after === null ? 'true' : '(realm, execution_id, fallback, trace_id) > ($3, $4, $5, $6)'}
       and not exists (select from unnest(days) as d where d >= $1)
     order by realm, execution_id, fallback, trace_id limit $2`,
    [firstDay, batch, ...place],
  )
  return rows
}

async function deleteWithoutSpans(client: ClientBase, candidates: readonly Candidate[]): Promise<Outlived> {
  const column = <K extends keyof Candidate>(key: K) => candidates.map((candidate) => candidate[key])
  const keys = [column('realm'), column('execution_id'), column('fallback')]
  const executions =
    '(realm, execution_id, fallback) in (select * from unnest($1::int[], $2::text[], $3::boolean[]))'
  await client.query('begin')
  try {
    // as the roll-up locks them: what it is just writing is seen below
    await client.query(
      `select from executions where ${executions} order by realm, execution_id collate "C", fallback for update`,
      keys,
    )
    await client.query(
      `delete from execution_traces t
       using unnest($1::int[], $2::text[], $3::boolean[], $4::bytea[]) as c (realm, id, fallback, trace)
       where t.realm = c.realm and t.execution_id = c.id and t.fallback = c.fallback and t.trace_id = c.trace
         and not exists (select from spans s where s.realm = c.realm and s.trace_id = c.trace)`,
      [...keys, column('trace_id')],
    )
    const { rows } = await client.query<{ realm: number; execution_id: string }>(
      `delete from executions e where ${executions} and not exists (
         select from execution_traces t
         where t.realm = e.realm and t.execution_id = e.execution_id and t.fallback = e.fallback)
       returning realm, execution_id`,
      keys,
    )
    let artifacts = 0
    for (const realm of new Set(rows.map((row) => row.realm))) {
      const ids = rows.filter((row) => row.realm === realm).map((row) => row.execution_id)
      artifacts += (await deleteArtifactsOf(client as never, realm, ids)).artifacts
    }
    await client.query('commit')
    return { executions: rows.length, artifacts }
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}
