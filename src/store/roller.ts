import type { Pool } from 'pg'
import { countEnded, type Ended } from './count-ended.ts'
import type { Resting } from './resting.ts'
import { settle } from './settle.ts'

/** Milliseconds between looks for new marks: well below the 2 s that a roll-up may lag. */
const PAUSE_MS = 500
/** Marks in one transaction: bounds its length, and what a crash undoes. */
const MARKS_AT_ONCE = 256
/** Milliseconds that the worker waits for a lock before it leaves the marks to the next round. */
const LOCK_TIMEOUT_MS = 2_000

export interface RollerObserver {
  /** Seconds that the oldest mark has waited; 0 = nothing waits. */
  lag(seconds: number): void
  failed(error: unknown): void
  /** Executions that ended, each told once. */
  ended(executions: Ended): void
}

/** The worker that keeps `executions` up to date. Any number of processes may run one at once. */
export class Roller {
  readonly #pool: Pool
  readonly #observer: RollerObserver
  readonly #resting: Resting
  #timer: NodeJS.Timeout | null = null
  #running: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(pool: Pool, resting: Resting, observer: RollerObserver) {
    this.#pool = pool
    this.#resting = resting
    this.#observer = observer
  }

  start(): void {
    this.#schedule(0)
  }

  /** Resolves when the round that is under way has ended. What is not settled stays marked. */
  async stop(): Promise<void> {
    this.#stopped = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    await this.#running
  }

  #schedule(delayMs: number): void {
    if (this.#stopped) return
    this.#timer = setTimeout(() => {
      this.#running = this.#round().then((settled) => this.#schedule(settled >= MARKS_AT_ONCE ? 0 : PAUSE_MS))
    }, delayMs)
  }

  async #round(): Promise<number> {
    try {
      const settled = await settle(
        this.#pool,
        this.#resting.spare({ where: 'true', values: [], wait: false, limit: MARKS_AT_ONCE }),
        LOCK_TIMEOUT_MS,
        this.#resting,
      )
      this.#observer.lag(settled === 0 ? 0 : await this.#oldest())
      for (const ended of await countEnded(this.#pool)) this.#observer.ended(ended)
      return settled
    } catch (error) {
      this.#observer.failed(error)
      return 0
    }
  }

  async #oldest(): Promise<number> {
    const { rows } = await this.#pool.query<{ lag: string | null }>(
      'select extract(epoch from now() - min(marked_at)) as lag from dirty_traces',
    )
    return Number(rows[0]?.lag ?? 0)
  }
}
