import type pg from 'pg'

/** The tables that are partitioned by `day`. */
export const partitionedTables = ['spans', 'messages', 'span_logs'] as const

/** Days back from today that get a partition; older starts go to the sentinel. */
export const daysBack = 30
/** Days ahead: clocks run ahead by up to one, and tomorrow's must be there before midnight. */
const daysAhead = 2

/** What a query can be sent to: a pool, or one of its connections. */
export type Queryable = Pick<pg.ClientBase, 'query'>

/** One day, `YYYY-MM-DD`, in UTC. Days sort as text. */
export type Day = string

const dayMs = 86_400_000

/**
 * The days that a span may be stored under: from 30 days before today, or the retention where that is shorter,
 * to two after it, first to last.
 */
export function dayWindow(today: Date, retentionDays: number | null = null): Day[] {
  const back = Math.min(retentionDays ?? daysBack, daysBack)
  const from = Math.floor(today.getTime() / dayMs) - back
  return Array.from({ length: back + 1 + daysAhead }, (_, index) => toDay(new Date((from + index) * dayMs)))
}

/** The UTC day of an instant. */
const toDay = (at: Date): Day => at.toISOString().slice(0, 10)

/** `spans`, `2026-11-22` → `spans_20261122`. */
export const partitionName = (table: string, day: Day): string => `${table}_${day.replaceAll('-', '')}`

/** The days that have a partition in every partitioned table, ready to be written to. */
export async function listDays(database: Queryable): Promise<Set<Day>> {
  const { rows } = await database.query<{ suffix: string }>(
    `select right(child.relname, 8) as suffix
     from pg_inherits
     join pg_class child on child.oid = inhrelid
     join pg_class parent on parent.oid = inhparent
     where inhparent = any (array['spans', 'messages', 'span_logs']::regclass[]) and not inhdetachpending
       and child.relname ~ ('^' || parent.relname || '_[0-9]{8}$')
     group by 1 having count(*) = $1`,
    [partitionedTables.length],
  )
  return new Set(rows.map(({ suffix }) => fromSuffix(suffix)))
}

/**
 * Makes the partitions of `days` that are missing and returns the days it made. Safe when several processes do
 * it at once, and while others write: a new partition is made as a table of its own and then attached, which
 * needs a lock that writers do not conflict with. On an empty schema, where nobody writes yet, it is quicker.
 *
 * @param client one connection, not in a transaction
 */
export async function makeDays(client: Queryable, days: Day[]): Promise<Day[]> {
  const there = await listDays(client)
  const missing = days.filter((day) => !there.has(day))
  if (missing.length === 0) return []
  if (there.size === 0) {
    await inTransaction(client, () => makeAll(client, missing))
    return missing
  }
  // A day at a time: each lock is short, and what is made stays when a later one times out.
  for (const day of missing) await inTransaction(client, () => attachDay(client, day))
  return missing
}

/** One transaction under the upkeep's lock; whoever waited finds the work done. */
async function inTransaction(client: Queryable, work: () => Promise<void>): Promise<void> {
  await client.query('begin')
  try {
    await client.query(`select pg_advisory_xact_lock(hashtext('workflow-trace partitions'))`)
    await work()
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}

async function makeAll(client: Queryable, days: Day[]): Promise<void> {
  const there = await partitionsThere(client)
  const statements = partitionedTables.flatMap((table) =>
    days
      .filter((day) => !there.has(partitionName(table, day)))
      .map((day) => `create table ${partitionName(table, day)} partition of ${table} ${bounds(day)}`),
  )
  if (statements.length > 0) await client.query(statements.join(';\n'))
}

async function attachDay(client: Queryable, day: Day): Promise<void> {
  const there = await partitionsThere(client)
  for (const table of partitionedTables) {
    const name = partitionName(table, day)
    if (there.has(name)) continue
    // One that was detached and not dropped yet has the name: it comes back, whole.
    await client.query(`create table if not exists ${name} (like ${table} including defaults including constraints
      including storage including compression including indexes)`)
    await client.query(`alter table ${table} attach partition ${name} ${bounds(day)}`)
  }
}

async function partitionsThere(client: Queryable): Promise<Set<string>> {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid
     where inhparent = any (array['spans', 'messages', 'span_logs']::regclass[])`,
  )
  return new Set(rows.map(({ name }) => name))
}

function bounds(day: Day): string {
  const next = toDay(new Date(Date.parse(`${day}T00:00:00Z`) + dayMs))
  return `for values from ('${day}') to ('${next}')`
}

/** `20261122` → `2026-11-22`. */
export const fromSuffix = (suffix: string): Day =>
  `${suffix.slice(0, 4)}-${suffix.slice(4, 6)}-${suffix.slice(6, 8)}`
