import { type Day, fromSuffix, partitionedTables, type Queryable } from './partitions.ts'

/** Rows per DELETE of undated spans: each holds its locks for milliseconds. */
const deleteBatch = 2_000

interface OldPartition {
  name: string
  parent: string
  suffix: string
  /** Attached, detached half way (an earlier try timed out), or detached and not dropped. */
  state: 'attached' | 'pending' | 'detached'
}

/**
 * Drops the partitions of all days before `day` and returns the names of the dropped tables. Writers go on
 * meanwhile: a partition is detached CONCURRENTLY first. What an interrupted try left half done is finished.
 *
 * @param client one connection, not in a transaction; it waits for running transactions that use the table
 */
export async function dropDaysBefore(client: Queryable, day: Day): Promise<string[]> {
  const dropped: string[] = []
  for (const old of await oldPartitions(client, day)) {
    const table = `alter table ${old.parent} detach partition ${old.name}`
    if (old.state === 'attached') await client.query(`${table} concurrently`)
    if (old.state === 'pending') await client.query(`${table} finalize`)
    await client.query(`drop table if exists ${old.name}`)
    dropped.push(old.name)
  }
  return dropped
}

async function oldPartitions(client: Queryable, day: Day): Promise<OldPartition[]> {
  const { rows } = await client.query<OldPartition>(
    `select child.relname as name, parent.name as parent, right(child.relname, 8) as suffix,
       case when inhparent is null then 'detached' when inhdetachpending then 'pending' else 'attached' end as state
     from unnest($1::text[]) as parent (name)
     join pg_class child on child.relname ~ ('^' || parent.name || '_[0-9]{8}$')
       and child.relkind = 'r' and child.relnamespace = (select relnamespace from pg_class where oid = parent.name::regclass)
     left join pg_inherits on inhrelid = child.oid
     order by suffix, parent.name`,
    [partitionedTables],
  )
  return rows.filter(({ suffix }) => fromSuffix(suffix) < day)
}

/**
 * Deletes the undated spans, logs and messages that were received before `before`, a small batch at a time,
 * and returns the number of spans deleted. A message goes when no undated span of its trace is left.
 *
 * @param client one connection, not in a transaction
 */
export async function deleteUndatedBefore(
  client: Queryable,
  before: Date,
  batch = deleteBatch,
): Promise<number> {
  let deleted = 0
  for (;;) {
    const count = await deleteOnce(client, before, batch)
    deleted += count
    if (count < batch) break
  }
  for (;;) {
    const logs = await client.query(
      `delete from span_logs_undated where ctid = any (array(
         select ctid from span_logs_undated where received_at < $1 limit $2))`,
      [before, batch],
    )
    if ((logs.rowCount ?? 0) < batch) return deleted
  }
}

async function deleteOnce(client: Queryable, before: Date, batch: number): Promise<number> {
  await client.query('begin')
  try {
    // A span that is just being written may refer to a message that is already there: writers wait.
    await client.query('lock table messages_undated in share row exclusive mode')
    const { rows } = await client.query<{ realm: number; trace_id: Buffer }>(
      `delete from spans_undated where ctid = any (array(
         select ctid from spans_undated where received_at < $1 order by received_at limit $2))
       returning realm, trace_id`,
      [before, batch],
    )
    await client.query(
      `delete from messages_undated m using unnest($1::int[], $2::bytea[]) as gone (realm, trace_id)
       where m.realm = gone.realm and m.trace_id = gone.trace_id and not exists (
         select from spans_undated s where s.realm = gone.realm and s.trace_id = gone.trace_id)`,
      [rows.map((row) => row.realm), rows.map((row) => row.trace_id)],
    )
    await client.query('commit')
    return rows.length
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}
