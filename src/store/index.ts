import type { BaseLogger } from 'pino'
import type { Refusal } from '../model/refusal.ts'
import type { Span } from '../model/span.ts'
import { ArtifactStore } from './artifacts.ts'
import { Contexts } from './contexts.ts'
import { checkServer, type Database, openDatabase, type PoolSizes } from './database.ts'
import { encodeBatch } from './encode-batch.ts'
import { migrate } from './migrate.ts'
import { Reader } from './reader.ts'
import { Realms } from './realms.ts'
import { Roller } from './roller.ts'
import { serviceKey } from './service-keys.ts'
import { type CommitObserver, SpanWriter } from './span-writer.ts'
import { orUnavailable } from './unavailable.ts'
import { Upkeep } from './upkeep.ts'

export interface StoreOptions {
  url: string
  log: Pick<BaseLogger, 'warn' | 'info'>
  poolSizes?: Partial<PoolSizes>
  /** Which version of the redaction rules the rows carry. */
  redactionVersion: number
  /** Days that spans are kept; null = for ever. */
  retentionDays: number | null
  observer?: Partial<StoreObserver>
}

/** What the store tells while it works; all of it goes to metrics. */
export interface StoreObserver extends CommitObserver {
  rollUpLag(seconds: number): void
}

/** Who writes: their workspace, and the normalized workflow patterns of their grant. */
export interface Writer {
  workspace: string
  workflows: readonly string[]
}

export interface WriteResult {
  stored: number
  refused: Refusal[]
}

/** Spans in, executions out. The only door to Postgres. */
export interface Store {
  /** What readers ask for. */
  read: Reader
  /** Bytes that spans produced. */
  artifacts: ArtifactStore
  /**
   * Resolves after COMMIT. Sending the same spans again, in any order and split, changes nothing. Rejects with
   * `StoreUnavailable` or `Overloaded`: then nothing was stored, and the caller sends again.
   */
  writeSpans(writer: Writer, spans: readonly Span[]): Promise<WriteResult>
  /** A random key that is the same in every process; made at the first call. */
  key(workspace: string, purpose: string): Promise<Buffer>
  /** True while the database answers. */
  ready(): Promise<boolean>
  /** Connections of each pool: in total, idle, and callers that wait for one. */
  pools(): Record<string, { total: number; idle: number; waiting: number }>
  close(): Promise<void>
}

const silent: StoreObserver = { committed() {}, failed() {}, rollUpLag() {} }

/** Connects, migrates, makes the partitions, and starts the roll-up worker. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const observer = { ...silent, ...options.observer }
  const database = openDatabase({
    url: options.url,
    log: options.log,
    ...(options.poolSizes === undefined ? {} : { poolSizes: options.poolSizes }),
  })
  try {
    await checkServer(database)
    await migrate(options.url, { today: new Date(), retentionDays: options.retentionDays })
  } catch (error) {
    await database.close()
    throw error
  }
  const upkeep = new Upkeep(database.work, options.retentionDays, options.log)
  await upkeep.start()
  const roller = new Roller(database.work, {
    lag: (seconds) => observer.rollUpLag(seconds),
    failed: (error) => {
      options.log.warn(
        { code: (error as { code?: string }).code },
        'a roll-up failed and will be tried again',
      )
    },
  })
  roller.start()
  return assemble(database, options, observer, upkeep, roller)
}

function assemble(
  database: Database,
  options: StoreOptions,
  observer: StoreObserver,
  upkeep: Upkeep,
  roller: Roller,
): Store {
  const realms = new Realms(database.kysely)
  const contexts = new Contexts(database.kysely)
  const writer = new SpanWriter(database.ingest, observer)
  return {
    read: new Reader(database, realms),
    artifacts: new ArtifactStore(database, realms),
    async writeSpans({ workspace, workflows }, spans) {
      if (spans.length === 0) return { stored: 0, refused: [] }
      const realm = await orUnavailable(realms.idOf(workspace, workflows))
      const batch = encodeBatch(spans, {
        realm,
        days: upkeep.days,
        nowMs: Date.now(),
        redactionVersion: options.redactionVersion,
      })
      await orUnavailable(contexts.store(realm, batch.contexts))
      const unstorable = await writer.write(batch)
      const refused: Refusal[] = unstorable === 0 ? [] : [{ reason: 'unstorable', count: unstorable }]
      return { stored: spans.length - unstorable, refused }
    },
    key: (workspace, purpose) => serviceKey(database.kysely, workspace, purpose),
    async ready() {
      try {
        await database.work.query('select 1')
        return true
      } catch {
        return false
      }
    },
    pools: () => ({
      ingest: poolState(database.ingest),
      read: poolState(database.read),
      work: poolState(database.work),
      uploads: poolState(database.uploads),
    }),
    async close() {
      await Promise.all([roller.stop(), upkeep.stop()])
      await database.close()
    },
  }
}

const poolState = (pool: Database['ingest']) => ({
  total: pool.totalCount,
  idle: pool.idleCount,
  waiting: pool.waitingCount,
})
