import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { BaseLogger } from 'pino'
import { oldestMajor } from './embedded/binaries.ts'
import type { Tables } from './tables.ts'
import { DatabaseUnusable } from './unusable.ts'

/** What a pool is for. Apart, so that a flood of exports does not starve readers, nor either the roll-ups. */
type PoolName = 'ingest' | 'read' | 'work' | 'uploads'

/** Connections per pool. */
export type PoolSizes = Record<PoolName, number>

/** Four COPYs at once reach the ceiling of two cores (docs/adr); readers wait for each other less than for disks. */
const defaultPoolSizes: PoolSizes = { ingest: 4, read: 6, work: 2, uploads: 4 }

/** Milliseconds; each is shorter than the next one out, and all are below the request's 8 s. */
const timeouts = {
  /** Wait for a free connection, or for a new one. */
  connect: 1_000,
  /** Wait for a lock, in the server. */
  lock: 2_000,
  /** One statement, in the server. */
  statement: 5_000,
  /** One statement, seen from here: fires only when the network is half open. */
  query: 6_000,
  /** A transaction that nobody goes on with. */
  idleInTransaction: 10_000,
} as const

/** How to open. */
export interface DatabaseOptions {
  url: string
  poolSizes?: Partial<PoolSizes>
  log: Pick<BaseLogger, 'warn'>
  /** Told of every connection that broke, with the pool's name; the pool replaces it by itself. */
  onPoolError?: (pool: PoolName, error: Error) => void
}

/** The pools, and kysely over the read pool. */
export interface Database extends Record<PoolName, pg.Pool> {
  kysely: Kysely<Tables>
  /** Resolves when every connection is given back and closed. Safe to call twice. */
  close(): Promise<void>
}

const dateOid = 1082

/** Per pool, not global: `date` stays the text `YYYY-MM-DD`; int8 and numeric are text by pg's own default. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === dateOid && format !== 'binary'
      ? (text: string) => text
      : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
}

/**
 * Opens the pools. Nothing connects yet: a server that is away is the first query's error. A broken connection,
 * idle or in use, never ends the process; who was using it gets the error.
 */
export function openDatabase(options: DatabaseOptions): Database {
  const sizes = { ...defaultPoolSizes, ...options.poolSizes }
  const pool = (name: PoolName): pg.Pool => openPool(name, sizes[name], options)
  const pools: Record<PoolName, pg.Pool> = {
    ingest: pool('ingest'),
    read: pool('read'),
    work: pool('work'),
    uploads: pool('uploads'),
  }
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: pools.read }) })
  let closing: Promise<unknown> | null = null
  return {
    ...pools,
    kysely,
    async close() {
      closing ??= Promise.all(Object.values(pools).map((one) => one.end()))
      await closing
    },
  }
}

function openPool(name: PoolName, max: number, { url, log, onPoolError }: DatabaseOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: `workflow-trace ${name}`,
    max,
    types,
    connectionTimeoutMillis: timeouts.connect,
    // Connection options, not SET: a SET on a pooled connection would leak to its next user.
    statement_timeout: timeouts.statement,
    lock_timeout: timeouts.lock,
    idle_in_transaction_session_timeout: timeouts.idleInTransaction,
    query_timeout: timeouts.query,
    // A plan made while today's partition was empty scans all of it until statistics are taken: never for spans.
    ...(name === 'ingest' ? {} : { options: '-c enable_seqscan=off' }),
    keepAlive: true,
    maxLifetimeSeconds: 1_800,
    // An idle pool must not keep a process alive that has nothing else to do.
    allowExitOnIdle: true,
  })
  const broken = (error: Error): void => {
    // The code and the words of the driver; neither holds a payload.
    log.warn(
      { pool: name, code: (error as { code?: string }).code, reason: error.message },
      'a connection broke',
    )
    onPoolError?.(name, error)
  }
  pool.on('error', broken)
  // A connection breaks while it is in use: its query is rejected, and the event would end the process.
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

/**
 * Refuses a server that cannot keep our promises: too old, or acknowledging before its disk has it.
 *
 * @throws DatabaseUnusable with one line; what the driver throws when the server is away
 */
export async function checkServer(database: Pick<Database, 'work'>): Promise<{ version: string }> {
  const { rows } = await database.work.query<{ number: number; version: string; commit: string }>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as version,
       current_setting('synchronous_commit') as commit`,
  )
  const [server] = rows
  if (!server || server.number < oldestMajor * 10_000) {
    throw new DatabaseUnusable(
      `DATABASE_URL leads to PostgreSQL ${server?.version}: ${oldestMajor} or newer is needed`,
    )
  }
  if (server.commit === 'off') {
    throw new DatabaseUnusable(
      'DATABASE_URL leads to a server with synchronous_commit = off, which loses acknowledged spans: set it to on',
    )
  }
  return { version: server.version }
}
