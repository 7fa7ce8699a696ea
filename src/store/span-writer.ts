import { setTimeout as wait } from 'node:timers/promises'
import type { Pool } from 'pg'
import { Overloaded, StoreUnavailable } from '../errors.ts'
import type { RowBatch } from './encode-batch.ts'
import { classify } from './sqlstate.ts'
import { isOutdated, type WritableRows, writeGroup } from './write-group.ts'

/** Bytes of rows in one transaction: larger groups gain nothing more (measured). */
const GROUP_BYTES = 8 * 1024 * 1024
/** Bytes of rows that may wait for a transaction; beyond, callers are told to come back. */
const WAITING_BYTES = 64 * 1024 * 1024
/** Milliseconds that the oldest may wait; whoever came after it would be answered too late. */
const WAITING_MS = 3_000
/** Pauses before the tries after a deadlock: milliseconds, by chance up to twice as long, so that two writers part. */
const CONFLICT_PAUSES_MS = [25, 100, 400]
/** Transactions at a time: two keep two cores of Postgres busy. */
const WRITERS = 2

/** What the writer tells about each commit. */
export interface CommitObserver {
  committed(group: { requests: number; spans: number; bytes: number; seconds: number }): void
  failed(reason: string): void
}

/** Nothing was stored: the rows were made before something was erased or a partition dropped. Make them anew. */
export class Outdated extends Error {
  override readonly name = 'Outdated'
}

interface Waiting {
  batch: RowBatch
  /** Milliseconds of the process's clock when it came. */
  since: number
  resolve: (unstorable: number) => void
  reject: (error: Error) => void
}

/**
 * Group commit: requests that arrive while a transaction runs share the next one, and each is answered after
 * its COMMIT. There is no other queue between a request and the disk.
 */
export class SpanWriter {
  readonly #pool: Pool
  readonly #observer: CommitObserver
  #waiting: Waiting[] = []
  #waitingBytes = 0
  #writers = 0
  /** A request that fills a transaction alone is being stored. */
  #large = false

  constructor(pool: Pool, observer: CommitObserver) {
    this.#pool = pool
    this.#observer = observer
  }

  /**
   * Resolves after COMMIT with the number of spans that the database refused for their content (0, unless
   * normalization has a hole). Rejects with `StoreUnavailable` or `Overloaded`, and then nothing is stored, or with
   * `Outdated`.
   */
  write(batch: RowBatch): Promise<number> {
    const since = performance.now()
    // a large one that waits for another holds up no small one
    const oldest = this.#waiting.find((waiting) => isLarge(waiting) === isLarge({ batch }))
    const late = since - (oldest?.since ?? since) > WAITING_MS
    if (late || this.#waitingBytes > WAITING_BYTES) return Promise.reject(new Overloaded())
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, since, resolve, reject })
      this.#waitingBytes += batch.spans.byteLength
      this.#start()
    })
  }

  #start(): void {
    if (this.#writers >= WRITERS || this.#waiting.length === 0) return
    this.#writers += 1
    // after this turn of the event loop, so that requests that were read together are stored together
    setImmediate(async () => {
      const group = this.#take()
      const large = group.some(isLarge)
      if (large) this.#large = true
      if (group.length > 0) await this.#commit(group)
      if (large) this.#large = false
      this.#writers -= 1
      // only a large one waits: whoever stores one now goes on with it
      if (group.length > 0) this.#start()
    })
  }

  /** Who is stored next, in the order of their coming; of the large ones one at a time, so that small ones find a writer. */
  #take(): Waiting[] {
    const group: Waiting[] = []
    let bytes = 0
    for (const waiting of this.#waiting) {
      if (this.#large && isLarge(waiting)) continue
      const { byteLength } = waiting.batch.spans
      if (group.length > 0 && bytes + byteLength > GROUP_BYTES) break
      bytes += byteLength
      group.push(waiting)
    }
    this.#waitingBytes -= bytes
    this.#waiting = this.#waiting.filter((waiting) => !group.includes(waiting))
    return group
  }

  /** One bad row costs only itself: on a data error the group is halved until the row stands alone. */
  async #commit(group: Waiting[]): Promise<void> {
    const began = performance.now()
    try {
      const rows = group.map(({ batch }) => ({ ...batch, spans: batch.spans.slice() }))
      await this.#tryAgain(rows, () => abandon(group))
      for (const waiting of group) waiting.resolve(0)
      this.#observer.committed({
        requests: group.length,
        spans: sum(group, ({ batch }) => batch.spans.length),
        bytes: sum(group, ({ batch }) => batch.spans.byteLength),
        seconds: (performance.now() - began) / 1000,
      })
    } catch (error) {
      abandon(group)
      if (isOutdated(error)) {
        for (const waiting of group) waiting.reject(new Outdated())
        return
      }
      const failure = classify(error)
      this.#observer.failed(failure.class)
      if (failure.class !== 'data') {
        for (const waiting of group) waiting.reject(new StoreUnavailable({ cause: error }))
      } else if (group.length > 1) {
        const half = group.length >> 1
        await this.#commit(group.slice(0, half))
        await this.#commit(group.slice(half))
      } else {
        await this.#salvage(group[0] as Waiting)
      }
    }
  }

  /** The rows of one request, in halves. Rows that were stored before a failure are stored again by the re-send: harmless. */
  async #salvage({ batch, resolve, reject }: Waiting): Promise<void> {
    try {
      resolve(await this.#halves(batch, 0, batch.spans.length))
    } catch (error) {
      reject(isOutdated(error) ? new Outdated() : new StoreUnavailable({ cause: error }))
    }
  }

  async #halves(batch: RowBatch, from: number, to: number): Promise<number> {
    try {
      await this.#tryAgain([{ ...batch, spans: batch.spans.slice(from, to) }])
      return 0
    } catch (error) {
      if (isOutdated(error) || classify(error).class !== 'data') throw error
      if (to - from === 1) return 1
      const middle = (from + to) >> 1
      return (await this.#halves(batch, from, middle)) + (await this.#halves(batch, middle, to))
    }
  }

  /**
   * A connection that died while idle: gone at the second try. Two replicas that are sent the same spans in another
   * order deadlock, again and again while they retry at once, each in its own order: those pause, and take the stage's
   * order from then on. What was committed before is merged.
   */
  async #tryAgain(group: WritableRows[], again: () => void = () => {}): Promise<void> {
    let staged = false
    for (let tries = 0; ; tries++) {
      try {
        return await writeGroup(this.#pool, group, staged)
      } catch (error) {
        const { retry, class: failure } = classify(error)
        staged ||= failure === 'conflict'
        const pauses = failure === 'conflict' ? CONFLICT_PAUSES_MS : [0]
        const pause = pauses[tries]
        if (!retry || pause === undefined) throw error
        again()
        if (pause > 0) await wait(pause * (1 + Math.random()))
      }
    }
  }
}

const isLarge = ({ batch }: Pick<Waiting, 'batch'>) => batch.spans.byteLength > GROUP_BYTES

/** A connection on which something failed may still be sending these rows. */
function abandon(group: readonly Waiting[]): void {
  for (const { batch } of group) batch.spans.abandon()
}

function sum<T>(list: readonly T[], of: (item: T) => number): number {
  return list.reduce((total, item) => total + of(item), 0)
}
