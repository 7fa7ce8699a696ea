import { AsyncLocalStorage } from 'node:async_hooks'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { BaseLogger } from 'pino'
import type { Database } from './database.ts'
import type { Reach } from './reach.ts'
import type { Tables } from './tables.ts'

/** The role that reads run as: it cannot log in, owns nothing, and may read these tables and nothing else. */
const ROLE = 'workflow_trace_reader'
const READABLE = [
  'realms',
  'dirty_traces',
  'contexts',
  'executions',
  'execution_traces',
  'spans',
  'messages',
  'span_logs',
  'artifacts',
  'artifact_chunks',
  'erasures',
]

/**
 * Makes the reader role and what it may read. Any number of processes may do it at once. False, and one warning, where
 * the login role may not create roles: then reads have the first wall alone.
 */
export async function prepareReaderRole(pool: pg.Pool, log: Pick<BaseLogger, 'warn'>): Promise<boolean> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query(`select pg_advisory_xact_lock(hashtext('workflow-trace reader role'))`)
    const { rowCount } = await client.query('select from pg_roles where rolname = $1', [ROLE])
    if (rowCount === 0) await client.query(`create role ${ROLE} nologin noinherit nobypassrls`)
    await client.query(`do $$ begin
      if not pg_has_role(current_user, '${ROLE}', 'member') then
        execute format('grant ${ROLE} to %I', current_user);
      end if;
      execute format('grant usage on schema %I to ${ROLE}', current_schema());
      end $$`)
    await client.query(`grant select on ${READABLE.join(', ')} to ${ROLE}`)
    // the policy of artifacts asks it
    await client.query(`grant execute on function workflow_of_execution to ${ROLE}`)
    await client.query('commit')
    return true
  } catch (error) {
    await client.query('rollback').catch(() => {})
    const { code } = error as { code?: string }
    log.warn({ code }, `the role ${ROLE} cannot be made: reads go without row-level security`)
    return false
  } finally {
    client.release()
  }
}

/** Who is reading in this flow of calls. */
const reaching = new AsyncLocalStorage<Reach | undefined>()

/** Everything that `work` reads through a guarded database is held to this reach by the server. */
export function readWithin<T>(reach: Reach, work: () => T): T {
  return reaching.run(reach, work)
}

/**
 * `work`, held to whoever reads now, whenever it is called: what a stream reads later is asked for by the connection
 * that it goes to, which has no reader.
 */
export function asNow<Given extends unknown[], T>(work: (...given: Given) => T): (...given: Given) => T {
  const reach = reaching.getStore()
  return (...given) => reaching.run(reach, work, ...given)
}

/**
 * What `work` reads is nobody's: for what is read once and told to many. Timers and promises carry the reach of the
 * request that made them, which would hold everybody to that of whoever came first.
 */
export function readAsOwner<T>(work: () => T): T {
  return reaching.run(undefined, work)
}

/**
 * The database as readers use it: each time a connection of the read pool is taken within `readWithin`, it is in a
 * read-only transaction of the reader role with the reach in its settings, until it is given back. Outside of it
 * (roll-ups, live updates that serve many readers) there is no reader to hold to.
 */
export function guarded(database: Database): Database {
  const read = guardedPool(database.read)
  return { ...database, read, kysely: new Kysely<Tables>({ dialect: new PostgresDialect({ pool: read }) }) }
}

type Taken = (
  error: Error | undefined,
  client?: pg.PoolClient,
  release?: (error?: Error | boolean) => void,
) => void

function guardedPool(pool: pg.Pool): pg.Pool {
  const take = async (): Promise<pg.PoolClient> => {
    const reach = reaching.getStore()
    const client = await pool.connect()
    if (reach === undefined) return client
    try {
      await client.query(beginAs(reach))
    } catch (error) {
      client.release(error as Error)
      throw error
    }
    const { release } = client
    client.release = (error) => {
      // Queued before the next user's first query. `pool.query` says null where nothing went wrong.
      if (!error) client.query('commit').catch(() => {})
      release.call(client, error)
    }
    return client
  }
  // `pool.query` goes through `connect`, too.
  return Object.create(pool, {
    connect: {
      value: (taken?: Taken) => {
        const client = take()
        if (taken === undefined) return client
        client.then(
          (one) => taken(undefined, one, one.release.bind(one)),
          (error) => taken(error),
        )
      },
    },
  })
}

/** One round trip: the values are quoted, for the simple protocol takes none. */
function beginAs({ realms, workflows }: Reach): string {
  const literals = workflows.filter((pattern) => !pattern.endsWith('*'))
  const prefixes = workflows.filter((pattern) => pattern.endsWith('*')).map((pattern) => pattern.slice(0, -1))
  const settings = [
    ['trace.realms', `{${realms.join(',')}}`],
    ['trace.workflows', textArray(literals)],
    ['trace.prefixes', textArray(prefixes)],
  ] as const
  const set = settings.map(([name, value]) => `set_config('${name}', ${pg.escapeLiteral(value)}, true)`)
  return `begin read only; set local role ${ROLE}; select ${set.join(', ')}`
}

const textArray = (texts: readonly string[]) =>
  `{${texts.map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(',')}}`
