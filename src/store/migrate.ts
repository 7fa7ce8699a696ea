import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import type { BaseLogger } from 'pino'
import { dayWindow, makeDays } from './partitions.ts'
import { DatabaseUnusable } from './unusable.ts'

/** One file of `migrations/`. */
interface Migration {
  id: number
  name: string
  sql: string
  checksum: string
}

/** How to migrate. */
export interface MigrateOptions {
  /** The day partitions are made around it; now when absent. */
  today?: Date
  /** Days that are kept; days that retention has dropped are not made again. Absent or null = for ever. */
  retentionDays?: number | null
  /** Another folder of migrations, for tests. */
  folder?: string
  log?: Pick<BaseLogger, 'info'>
  /** Milliseconds to wait for a connection, and for its first answer; 10 s when absent. */
  answerMs?: number
}

/** What a run did. */
export interface Migrated {
  /** Names of the migrations that this process applied. */
  applied: string[]
  /** The number of the newest one. */
  version: number
}

/** Milliseconds between two looks at a lock that another process holds. */
const pollMs = 50
const answerMs = 10_000
/** Milliseconds that a statement waits for a lock: readers and writers of older replicas hold theirs for 5 s at most. */
const lockMs = 30_000
/** Milliseconds after which the network is to blame for silence; a migration itself may take as long as it needs. */
const silenceMs = 60_000
/** The longest that a timer of Node counts: 24 days. */
const unlimitedMs = 2 ** 31 - 1

/** `migrations/` in the package: the same two steps up from src/store and from dist/store. */
const ownFolder = fileURLToPath(new URL('../../migrations/', import.meta.url))

/**
 * Brings the schema up to date and makes the day partitions around `today`. Forward only; each file in a
 * transaction of its own, so a failing one leaves the schema at the one before. Any number of processes may
 * run it at once: one works, the others wait and find it done.
 *
 * @throws DatabaseUnusable when the schema is newer than this version, or an applied file was changed; an error with
 *   the code ETIMEDOUT when the network takes connections and lets nothing through
 */
export async function migrate(url: string, options: MigrateOptions = {}): Promise<Migrated> {
  const known = await readMigrations(options.folder ?? ownFolder)
  const client = new pg.Client({
    connectionString: url,
    application_name: 'workflow-trace migrate',
    connectionTimeoutMillis: options.answerMs ?? answerMs,
    lock_timeout: lockMs,
    query_timeout: silenceMs,
    // a long migration says nothing; that its connection is gone is noticed all the same
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    // Asking again and again, not waiting inside a statement: its snapshot would hold up others' DDL.
    while (!(await takeLock(client, options.answerMs ?? answerMs))) await wait(pollMs)
    const applied = await applyMissing(client, known)
    if (applied.length > 0) options.log?.info({ migrations: applied }, 'the schema was migrated')
    await makeDays(client, dayWindow(options.today ?? new Date(), options.retentionDays))
    return { applied, version: known.at(-1)?.id ?? 0 }
  } catch (error) {
    throw isSilence(error) ? silence(error) : error
  } finally {
    // Closing the session gives the lock back, whatever happened.
    await client.end()
  }
}

/** pg's own words for no answer: to a statement, and to a new connection (pg 8.23). */
const isSilence = (error: unknown): boolean =>
  /Query read timeout|timeout expired/.test((error as Error | null)?.message ?? '')

function silence(cause: unknown): Error {
  const message = 'the database does not answer: something takes connections to it and lets nothing through'
  return Object.assign(new Error(message, { cause }), { code: 'ETIMEDOUT' })
}

/** pg takes a time-out for one statement; its types do not know yet. */
type Timed = pg.QueryConfig & { query_timeout: number }

async function takeLock(client: pg.Client, ms: number): Promise<boolean> {
  const look: Timed = {
    text: `select pg_try_advisory_lock(hashtext('workflow-trace migrate')) as taken`,
    query_timeout: ms,
  }
  const { rows } = await client.query<{ taken: boolean }>(look)
  return rows[0]?.taken === true
}

async function applyMissing(client: pg.Client, known: Migration[]): Promise<string[]> {
  await client.query(`create table if not exists schema_migrations (
    id integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())`)
  const { rows } = await client.query<{ id: number; name: string; checksum: string }>(
    'select id, name, checksum from schema_migrations order by id',
  )
  const byId = new Map(known.map((migration) => [migration.id, migration]))
  for (const row of rows) {
    const migration = byId.get(row.id)
    if (!migration) {
      throw new DatabaseUnusable(
        `The database schema is at migration ${rows.at(-1)?.name}, this version of workflow-trace knows up to ` +
          `${known.at(-1)?.name}: start a version at least as new as the one that migrated it`,
      )
    }
    if (migration.checksum !== row.checksum) {
      throw new DatabaseUnusable(
        `The migration ${row.name} is not the one this database was made with: ` +
          'use the version of workflow-trace that made it, or an empty database',
      )
    }
  }
  const there = new Set(rows.map((row) => row.id))
  const missing = known.filter((migration) => !there.has(migration.id))
  for (const migration of missing) await apply(client, migration)
  return missing.map((migration) => migration.name)
}

async function apply(client: pg.Client, { id, name, sql, checksum }: Migration): Promise<void> {
  await client.query('begin')
  try {
    const work: Timed = { text: sql, query_timeout: unlimitedMs }
    await client.query(work)
    await client.query('insert into schema_migrations (id, name, checksum) values ($1, $2, $3)', [
      id,
      name,
      checksum,
    ])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw new Error(`migration ${name}: ${(error as Error).message}`, { cause: error })
  }
}

/** The files of the folder, in order; their numbers must be unique. */
async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}_\w+\.sql$/.test(name)).sort()
  const migrations: Migration[] = []
  for (const name of names) {
    const sql = await readFile(`${folder}/${name}`, 'utf8')
    const id = Number.parseInt(name, 10)
    if (migrations.at(-1)?.id === id) throw new Error(`two migrations have the number ${id}`)
    // A checkout with other line ends is the same migration.
    const checksum = createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex')
    migrations.push({ id, name, sql, checksum })
  }
  return migrations
}
