import type { Pool, PoolClient } from 'pg'
import type { BaseLogger } from 'pino'
import { daysBack, dayWindow, listDays, makeDays } from './partitions.ts'

/** Milliseconds between looks: tomorrow's partition is made two days ahead, so an hour is early enough. */
const PAUSE_MS = 60 * 60 * 1000
/** Milliseconds until the next try after a failure. */
const RETRY_MS = 60 * 1000

/** Keeps the day partitions made ahead, and knows which there are. */
export class Upkeep {
  /** Days that have a partition, as `YYYY-MM-DD`. */
  days: ReadonlySet<string> = new Set()
  readonly #pool: Pool
  readonly #back: number
  readonly #log: Pick<BaseLogger, 'warn'>
  #timer: NodeJS.Timeout | null = null
  #running: Promise<void> = Promise.resolve()

  constructor(pool: Pool, retentionDays: number | null, log: Pick<BaseLogger, 'warn'>) {
    this.#pool = pool
    this.#back = Math.min(retentionDays ?? daysBack, daysBack)
    this.#log = log
  }

  /** Resolves when today's partitions are there. */
  async start(): Promise<void> {
    await this.#round()
    this.#schedule(PAUSE_MS)
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    await this.#running
  }

  #schedule(delayMs: number): void {
    this.#timer = setTimeout(() => {
      this.#running = this.#round().then(
        () => this.#again(PAUSE_MS),
        (error) => {
          this.#log.warn({ code: (error as { code?: string }).code }, 'upkeep failed and will be tried again')
          this.#again(RETRY_MS)
        },
      )
    }, delayMs).unref()
  }

  #again(delayMs: number): void {
    if (this.#timer !== null) this.#schedule(delayMs)
  }

  async #round(): Promise<void> {
    const client: PoolClient = await this.#pool.connect()
    try {
      await makeDays(client, dayWindow(new Date(), this.#back))
      this.days = await listDays(client)
    } finally {
      client.release()
    }
  }
}
