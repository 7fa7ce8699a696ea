import type { ClientBase, Pool } from 'pg'

/**
 * Deletes every artifact of executions of a realm, bytes and rows, and says how much that was. For erasing: call it
 * inside the transaction that writes the erasures, which keep later uploads out.
 */
export async function deleteArtifactsOf(
  client: ClientBase,
  realm: number,
  executionIds: readonly string[],
): Promise<{ artifacts: number; bytes: bigint }> {
  const where = 'where realm = $1 and execution_id = any($2)'
  const values = [realm, executionIds]
  await client.query(`delete from artifact_chunks ${where}`, values)
  const { rows } = await client.query<{ count: string; bytes: string }>(
    `with deleted as (delete from artifacts ${where} returning case when gone_at is null then size else 0 end as size)
     select count(*), coalesce(sum(size), 0) as bytes from deleted`,
    values,
  )
  return { artifacts: Number(rows[0]?.count ?? 0), bytes: BigInt(rows[0]?.bytes ?? 0) }
}

/**
 * Drops the bytes of at most `batch` artifacts that were stored before `before`; their rows stay and say `gone`.
 * For retention: call it until it resolves with 0. Each call is one short statement.
 */
export async function dropArtifactBytesBefore(
  db: Pool | ClientBase,
  before: Date,
  batch = 100,
): Promise<number> {
  const { rowCount } = await db.query(
    `with old as (
       update artifacts set gone_at = now() where (realm, execution_id, artifact_id) in (
         select realm, execution_id, artifact_id from artifacts
         where stored_at < $1 and gone_at is null order by stored_at limit $2)
       returning realm, execution_id, handle),
     dropped as (
       delete from artifact_chunks c using old
       where c.realm = old.realm and c.execution_id = old.execution_id and c.handle = old.handle)
     select from old`,
    [before, batch],
  )
  return rowCount ?? 0
}
