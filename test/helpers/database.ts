import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { pino } from 'pino'
import tap from 'tap'
import { type Database, openDatabase, type PoolSizes } from '../../src/store/database.ts'
import { startEmbedded } from '../../src/store/embedded/index.ts'
import { migrate } from '../../src/store/migrate.ts'

/** A database of a test's own: empty, migrated, with the day partitions around today. */
export interface TestDatabase extends Database {
  url: string
}

/** What this helper needs of a test. */
interface Test {
  teardown(clean: () => Promise<void>): void
}

/** Nothing is waited for as long as a leaked connection: milliseconds. */
const leakMs = 1_000

/** A log that says nothing. */
export const silent = pino({ level: 'silent' })

/** How the run's server makes a database: what is quickest where it keeps its files. */
const COPY = process.env.TEST_DATABASE_COPY === 'file_copy' ? 'strategy file_copy' : ''

let count = 0
let server: Promise<string> | null = null

/**
 * A database of the test's own on a real Postgres, dropped when the test ends. The server is that of the test
 * run (TEST_DATABASE_URL) or, for a file that is run by hand, one that ends with the file. It runs without
 * fsync: tests of durability start their own. A connection that the test leaves open is an error.
 */
export async function testDatabase(t: Test, poolSizes: Partial<PoolSizes> = {}): Promise<TestDatabase> {
  const url = await emptyDatabase(t, await templateDatabase())
  const database = openDatabase({ url, poolSizes, log: silent })
  t.teardown(() => database.close())
  return Object.assign(database, { url })
}

/** A database without any table, for tests of the migrations; its URL. Dropped when the test ends. */
export async function emptyDatabase(t: Test, template = 'template0'): Promise<string> {
  const name = `test_${process.pid}_${count++}`
  await onServer((client) => client.query(`create database ${name} template ${template} ${COPY}`))
  // tap runs teardowns last to first: what opens connections later closes them before this.
  t.teardown(() => onServer((client) => dropDatabase(client, name)))
  return urlOf(name)
}

async function dropDatabase(client: pg.Client, name: string): Promise<void> {
  const open = async (): Promise<string[]> => {
    const { rows } = await client.query<{ who: string }>(
      `select application_name || ': ' || left(query, 80) as who from pg_stat_activity
       where datname = $1 and backend_type = 'client backend'`,
      [name],
    )
    return rows.map((row) => row.who)
  }
  let left = await open()
  for (const deadline = Date.now() + leakMs; left.length > 0 && Date.now() < deadline; left = await open()) {
    await wait(20)
  }
  await client.query(`drop database if exists ${name} with (force)`)
  if (left.length > 0) throw new Error(`the test leaked ${left.length} connections: ${left.join('; ')}`)
}

/** The name of the migrated template, made by whoever comes first; another schema is another template. */
async function templateDatabase(): Promise<string> {
  const folder = fileURLToPath(new URL('../../migrations/', import.meta.url))
  const hash = createHash('sha256').update(new Date().toISOString().slice(0, 10))
  for (const file of readdirSync(folder).sort()) hash.update(readFileSync(join(folder, file)))
  const name = `template_${hash.digest('hex').slice(0, 12)}`
  await onServer(async (client) => {
    await client.query(`select pg_advisory_lock(hashtext('test template'))`)
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
    if (rowCount === 1) return
    await client.query(`drop database if exists ${name}_draft`)
    await client.query(`create database ${name}_draft template template0`)
    await migrate(await urlOf(`${name}_draft`), { today: new Date() })
    await client.query(`alter database ${name}_draft allow_connections false`)
    await client.query(`alter database ${name}_draft rename to ${name}`)
  })
  return name
}

async function onServer<Result>(work: (client: pg.Client) => Promise<Result>): Promise<void> {
  const client = new pg.Client({ connectionString: await serverUrl() })
  client.on('error', () => {})
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

async function urlOf(name: string): Promise<string> {
  const url = await serverUrl()
  return url.replace(/^(\w+:\/\/[^/]*\/)[^?]*/, `$1${name}`)
}

function serverUrl(): Promise<string> {
  const given = process.env.TEST_DATABASE_URL
  if (given) return Promise.resolve(given)
  server ??= startOwn()
  return server
}

async function startOwn(): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'workflow-trace-test-'))
  const settings = { fsync: 'off', synchronous_commit: 'on', full_page_writes: 'off' }
  const own = await startEmbedded({ dataDir, log: silent, settings })
  tap.teardown(async () => {
    await own.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })
  return own.url
}
