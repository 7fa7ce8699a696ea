import pg, { type Pool } from 'pg'
import type { BaseLogger } from 'pino'
import { deleteOutlived } from './outlived.ts'
import { type Day, daysBack, dayWindow, listDays, makeDays, partitionedTables } from './partitions.ts'
import { deleteUndatedBefore, dropDaysBefore } from './retention.ts'

/** Milliseconds between looks: tomorrow's partition is made two days ahead, so an hour is early enough. */
const PAUSE_MS = 60 * 60 * 1000
/** Milliseconds until the next try after a failure. */
const RETRY_MS = 60 * 1000
/** Milliseconds after the start until the first deletions: the start is not to wait for them. */
const FIRST_MS = 5_000
/** Milliseconds that one statement of the retention may take: detaching waits for whoever uses the table. */
const STATEMENT_MS = 10 * 60 * 1000
/** Milliseconds that it waits for a lock; what it left half done it finishes the next time. */
const LOCK_MS = 10_000

const dayMs = 86_400_000

/** What upkeep did, for metrics. */
export interface UpkeepObserver {
  /** Day partitions: tables, of which each day has several. */
  partitions(action: 'made' | 'dropped', count: number): void
  /** Rows that went one by one. */
  retired(what: 'undated_spans' | 'executions' | 'artifacts', count: number): void
  upkeepFailed(): void
}

export interface UpkeepOptions {
  pool: Pool
  /** For a connection of its own: the pool's statements are too short for the retention. */
  url: string
  /** null = for ever. */
  retentionDays: number | null
  log: Pick<BaseLogger, 'info' | 'warn'>
  observer: UpkeepObserver
}

/**
 * Keeps the day partitions: makes them ahead, knows which there are, and removes what is older than the retention.
 * Any number of processes may run it at once: one of them works.
 */
export class Upkeep {
  /** Days that have a partition, as `YYYY-MM-DD`. */
  days: ReadonlySet<Day> = new Set()
  readonly #options: UpkeepOptions
  #timer: NodeJS.Timeout | null = null
  #running: Promise<void> = Promise.resolve()
  #client: pg.Client | null = null

  constructor(options: UpkeepOptions) {
    this.#options = options
  }

  /** Resolves when today's partitions are there. */
  async start(): Promise<void> {
    await this.#make()
    this.#schedule(this.#options.retentionDays === null ? PAUSE_MS : FIRST_MS)
  }

  /** What is being deleted is left as it is: the next process goes on. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    await this.#client?.end().catch(() => {})
    await this.#running
  }

  /** Looks again which days there are: another process may have dropped some. */
  async refresh(): Promise<void> {
    this.days = await listDays(this.#options.pool)
  }

  /** Removes what is older than the retention, now. Resolves without doing anything when another process is at it. */
  async retire(now = new Date()): Promise<void> {
    const { retentionDays, url } = this.#options
    if (retentionDays === null) return
    const client = new pg.Client({
      connectionString: url,
      application_name: 'workflow-trace retention',
      connectionTimeoutMillis: 10_000,
      statement_timeout: STATEMENT_MS,
      lock_timeout: LOCK_MS,
      keepAlive: true,
    })
    client.on('error', () => {})
    this.#client = client
    await client.connect()
    try {
      // the session ends with this method, and gives the lock back
      const { rows } = await client.query<{ taken: boolean }>(
        `select pg_try_advisory_lock(hashtext('workflow-trace retention')) as taken`,
      )
      if (rows[0]?.taken === true) await this.#retire(client, new Date(now.getTime() - retentionDays * dayMs))
    } finally {
      this.#client = null
      await client.end().catch(() => {})
    }
  }

  async #retire(client: pg.Client, before: Date): Promise<void> {
    const { log, observer } = this.#options
    const firstDay = before.toISOString().slice(0, 10)
    const dropped = await dropDaysBefore(client, firstDay)
    await this.refresh()
    if (dropped.length > 0) {
      observer.partitions('dropped', dropped.length)
      log.info(
        { partitions: dropped, first_day: firstDay },
        'partitions older than the retention were dropped',
      )
    }
    const undated = await deleteUndatedBefore(client, before)
    if (undated > 0) observer.retired('undated_spans', undated)
    const { executions, artifacts } = await deleteOutlived(client, firstDay, before)
    if (executions > 0) observer.retired('executions', executions)
    if (artifacts > 0) observer.retired('artifacts', artifacts)
    if (undated + executions + artifacts > 0) {
      log.info(
        { undated_spans: undated, executions, artifacts },
        'rows older than the retention were deleted',
      )
    }
  }

  #schedule(delayMs: number): void {
    this.#timer = setTimeout(() => {
      this.#running = this.#round().then(
        () => this.#again(PAUSE_MS),
        (error) => {
          if (this.#timer === null) return
          this.#options.observer.upkeepFailed()
          const { code } = error as { code?: string }
          this.#options.log.warn({ code }, 'upkeep failed and will be tried again')
          this.#again(RETRY_MS)
        },
      )
    }, delayMs).unref()
  }

  #again(delayMs: number): void {
    if (this.#timer !== null) this.#schedule(delayMs)
  }

  async #round(): Promise<void> {
    await this.#make()
    await this.retire()
  }

  async #make(): Promise<void> {
    const { pool, retentionDays, observer, log } = this.#options
    const client = await pool.connect()
    try {
      const made = await makeDays(
        client,
        dayWindow(new Date(), Math.min(retentionDays ?? daysBack, daysBack)),
      )
      this.days = await listDays(client)
      if (made.length === 0) return
      observer.partitions('made', made.length * partitionedTables.length)
      log.info({ days: made }, 'partitions were made')
    } finally {
      client.release()
    }
  }
}
