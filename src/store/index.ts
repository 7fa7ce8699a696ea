import { setTimeout as wait } from 'node:timers/promises'
import type { BaseLogger } from 'pino'
import { StoreUnavailable } from '../errors.ts'
import type { SpanLog } from '../model/log.ts'
import type { Principal } from '../model/principal.ts'
import type { Span } from '../model/span.ts'
import { ArtifactStore } from './artifacts.ts'
import { AuditLog } from './audit.ts'
import { Contexts } from './contexts.ts'
import type { Ended } from './count-ended.ts'
import { checkServer, type Database, openDatabase, type PoolSizes } from './database.ts'
import { Denials } from './denials.ts'
import { type EraseReceipt, type Eraser, eraseExecution } from './erase.ts'
import { Erasures } from './erasures.ts'
import { IngestKeys } from './ingest-keys.ts'
import { Repeats } from './message-parts.ts'
import { migrate } from './migrate.ts'
import { Reader } from './reader.ts'
import { guarded, prepareReaderRole, readAsOwner, readWithin } from './reader-role.ts'
import { Realms } from './realms.ts'
import { Resting } from './resting.ts'
import { Revocations } from './revocations.ts'
import { Roller } from './roller.ts'
import { ServiceKeys } from './service-keys.ts'
import { writeSpanLogs } from './span-logs.ts'
import { type CommitObserver, Outdated, SpanWriter } from './span-writer.ts'
import { classify } from './sqlstate.ts'
import { orAgain, orUnavailable } from './unavailable.ts'
import { Upkeep, type UpkeepObserver } from './upkeep.ts'
import { isOutdated } from './write-group.ts'
import { type RowMaker, type SpanSlices, type WriteResult, writeSpans } from './write-spans.ts'

export type { RowPlan } from './encode-batch.ts'
export type { RowMaker, SpanSlices, WriteResult } from './write-spans.ts'

export interface StoreOptions {
  url: string
  log: Pick<BaseLogger, 'warn' | 'info'>
  poolSizes?: Partial<PoolSizes>
  /** Which version of the redaction rules the rows carry. */
  redactionVersion: number
  /** Days that spans are kept; null = for ever. */
  retentionDays: number | null
  /** Reads run as a role of their own under row-level security (docs/adr/0005-row-level-security.md). */
  rowSecurity?: boolean
  observer?: Partial<StoreObserver>
}

/** What the store tells while it works; all of it goes to metrics. */
export interface StoreObserver extends CommitObserver, UpkeepObserver {
  rollUpLag(seconds: number): void
  executionsEnded(executions: Ended): void
}

/** Who writes: their workspace, and the normalized workflow patterns of their grant. */
export interface Writer {
  workspace: string
  workflows: readonly string[]
}

/** Spans in, executions out. The only door to Postgres. */
export interface Store {
  /** What readers ask for. */
  read: Reader
  /** Bytes that spans produced. */
  artifacts: ArtifactStore
  /**
   * Resolves after COMMIT. Sending the same spans again, in any order and split, changes nothing. Rejects with
   * `StoreUnavailable` or `Overloaded`, or with what the slices throw: then nothing was stored, and the caller sends
   * again. With `rows` the rows are made there; the spans are asked for only where they must be looked at one by one.
   */
  writeSpans(
    writer: Writer,
    spans: readonly Span[] | SpanSlices,
    rows?: RowMaker | null,
  ): Promise<WriteResult>
  /**
   * The same for log records that say something of a span, which may come before it or after it. Resolves with the
   * number of records that were let in.
   */
  writeLogs(writer: Writer, logs: readonly SpanLog[]): Promise<number>
  /**
   * Erases every execution of an id that the eraser may touch; null when there is none. Late spans are refused from
   * then on. Rejects with `StoreUnavailable`: then it may be asked again.
   */
  erase(eraser: Eraser, id: string, workflow: string | null): Promise<EraseReceipt | null>
  /** True when an execution of this name was erased in the writer's realm: its artifacts are not taken. */
  isErased(writer: Writer, executionId: string): Promise<boolean>
  /** Who looked at what, kept for ever. */
  audit: AuditLog
  /** Refused accesses on their way into the audit log. */
  denials: Pick<Denials, 'note' | 'flush'>
  /** The static keys of runners. */
  ingestKeys: Pick<IngestKeys, 'principalOf' | 'create' | 'list' | 'revoke'>
  /** Tokens that are refused before they expire. */
  revocations: Pick<Revocations, 'isRevoked' | 'revoke'>
  /**
   * Runs `work`: what it reads is held to the principal by the server as well, with `rowSecurity`. The principal's
   * workflows are as stored ids have them. Rejects with `StoreUnavailable`, and as `work` does.
   */
  within<T>(principal: Principal, work: () => T): Promise<T>
  /** Runs `work` outside of every `within`: for what is read once and told to many. */
  asOwner<T>(work: () => T): T
  /** A random key that is the same in every process; made at the first call. */
  key(workspace: string, purpose: string): Promise<Buffer>
  /** True while the database answers. */
  ready(): Promise<boolean>
  /** Connections of each pool: in total, idle, and callers that wait for one. */
  pools(): Record<string, { total: number; idle: number; waiting: number }>
  close(): Promise<void>
}

/** Times that the rows of a request are made anew, because something was erased or dropped meanwhile. */
const MAKE_ANEW = 4

const silent: StoreObserver = {
  committed() {},
  failed() {},
  rollUpLag() {},
  executionsEnded() {},
  partitions() {},
  retired() {},
  upkeepFailed() {},
}

/** Milliseconds: a server that is just starting, or busy, is waited for this long at the start, and how often. */
const startPatienceMs = 15_000
const startPauseMs = 250

/** Tries again while the server is away or has no connection left; a pod may come up before its database. */
async function whenUp<T>(ask: () => Promise<T>): Promise<T> {
  const until = performance.now() + startPatienceMs
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      const { class: failure } = classify(error)
      if ((failure !== 'away' && failure !== 'overload') || performance.now() > until) throw error
      await wait(startPauseMs)
    }
  }
}

/** Connects, migrates, makes the partitions, and starts the roll-up worker. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const observer = { ...silent, ...options.observer }
  const database = openDatabase({
    url: options.url,
    log: options.log,
    ...(options.poolSizes === undefined ? {} : { poolSizes: options.poolSizes }),
  })
  try {
    await whenUp(() => checkServer(database))
    await migrate(options.url, { today: new Date(), retentionDays: options.retentionDays })
  } catch (error) {
    await database.close()
    throw error
  }
  const upkeep = new Upkeep({
    pool: database.work,
    url: options.url,
    retentionDays: options.retentionDays,
    log: options.log,
    observer,
  })
  const erasures = new Erasures(database.ingest)
  await Promise.all([upkeep.start(), erasures.refresh()])
  const resting = new Resting()
  const roller = new Roller(database.work, resting, {
    lag: (seconds) => observer.rollUpLag(seconds),
    ended: (executions) => observer.executionsEnded(executions),
    failed: (error) => {
      options.log.warn(
        { code: (error as { code?: string }).code, reason: classify(error).class },
        'a roll-up failed and will be tried again',
      )
    },
  })
  roller.start()
  const walled = options.rowSecurity === true && (await prepareReaderRole(database.work, options.log))
  return assemble(database, options, observer, upkeep, roller, resting, erasures, walled)
}

function assemble(
  database: Database,
  options: StoreOptions,
  observer: StoreObserver,
  upkeep: Upkeep,
  roller: Roller,
  resting: Resting,
  erasures: Erasures,
  walled: boolean,
): Store {
  const realms = new Realms(database.kysely)
  const asReader = walled ? guarded(database) : database
  const contexts = new Contexts(database.kysely)
  const repeats = new Repeats()
  const keys = new ServiceKeys(database.kysely)
  const writer = new SpanWriter(database.ingest, observer)
  const audit = new AuditLog(database.read)
  const denials = new Denials({
    append: (entries) => audit.append(entries),
    failed: (entries, kept) =>
      options.log.warn({ entries, kept }, 'refused accesses could not be written to the audit log'),
  })
  const { redactionVersion } = options
  const parts = { contexts, erasures, repeats, writer, upkeep, redactionVersion }
  const writeLogs = async (realm: number, logs: readonly SpanLog[]): Promise<number> => {
    const erasuresKnown = erasures.known
    const places = logs.map((log) => ({ ...log, parentSpanId: null, executionId: null }))
    const admitted = await orAgain(() => erasures.admit(realm, places))
    if (admitted.length === 0) return 0
    const place = { realm, days: upkeep.days, nowMs: Date.now(), redactionVersion }
    const writing = writeSpanLogs(database.ingest, admitted, { ...place, erasuresKnown })
    await orUnavailable(writing.catch((error) => Promise.reject(isOutdated(error) ? new Outdated() : error)))
    return admitted.length
  }
  const upToDate = async <T>(make: () => Promise<T>): Promise<T> => {
    for (let tries = 1; ; tries++) {
      try {
        return await make()
      } catch (error) {
        if (!(error instanceof Outdated)) throw error
        if (tries === MAKE_ANEW) throw new StoreUnavailable({ cause: error })
        await orAgain(() => Promise.all([erasures.refresh(), upkeep.refresh()]))
      }
    }
  }
  return {
    audit,
    denials,
    ingestKeys: new IngestKeys(database.read),
    revocations: new Revocations(database.read),
    read: new Reader(asReader, realms, resting),
    async within({ workspace, workflows }, work) {
      if (!walled) return work()
      const among = await orUnavailable(realms.ofWorkspace(workspace))
      return readWithin({ realms: among, workflows }, work)
    },
    asOwner: readAsOwner,
    artifacts: new ArtifactStore(asReader, realms, options.redactionVersion),
    async writeSpans({ workspace, workflows }, spans, rows = null) {
      const realm = () => orAgain(() => realms.idOf(workspace, workflows))
      const slices = typeof spans === 'function' ? spans : () => [spans]
      return upToDate(() => writeSpans(parts, realm, slices, rows))
    },
    async writeLogs({ workspace, workflows }, logs) {
      if (logs.length === 0) return 0
      const realm = await orAgain(() => realms.idOf(workspace, workflows))
      return upToDate(() => writeLogs(realm, logs))
    },
    async erase(eraser, id, workflow) {
      const among = await orUnavailable(realms.ofWorkspace(eraser.workspace))
      const receipt = await orUnavailable(eraseExecution(database, among, eraser, id, workflow))
      await orUnavailable(erasures.refresh())
      return receipt
    },
    async isErased({ workspace, workflows }, executionId) {
      const realm = await orAgain(() => realms.idOf(workspace, workflows))
      return orAgain(() => erasures.isErased(realm, executionId))
    },
    key: (workspace, purpose) => keys.get(workspace, purpose),
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
      await Promise.all([roller.stop(), upkeep.stop(), denials.flush()])
      await database.close()
    },
  }
}

const poolState = (pool: Database['ingest']) => ({
  total: pool.totalCount,
  idle: pool.idleCount,
  waiting: pool.waitingCount,
})
