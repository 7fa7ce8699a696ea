import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { bearer } from '../http/service.ts'

/** Spans in one request, by turns: rows of small ones are made where they came, those of large ones by a thread. */
const SMALL = 16
const LARGE = 64
let batches = 0

export interface Sent {
  body: string
  /** The same spans, last to first. */
  reversed: string
  spanIds: string[]
}

/** Senders that never give a batch up, like an exporter with a long breath, and remember what was acknowledged. */
export class Load {
  readonly acked: Sent[] = []
  /** Every status that came, and 0 for a connection that broke or was not answered in 10 s. */
  readonly statuses = new Map<number, number>()
  /** Answers 429 and 503 without `Retry-After: 1`. */
  unhelpful = 0
  /** Milliseconds of the slowest answer. */
  slowestMs = 0
  readonly #urls: readonly string[]
  readonly #claims: object
  readonly #senders: Promise<void>[]
  #stopping = false

  constructor(url: string | readonly string[], senders: number, claims: object = {}) {
    this.#urls = [url].flat()
    this.#claims = claims
    this.#senders = Array.from({ length: senders }, () => this.#sendUntilStopped())
  }

  get ackedSpanIds(): string[] {
    return this.acked.flatMap((sent) => sent.spanIds)
  }

  /** Every status but these. */
  besides(...expected: number[]): number[] {
    return [...this.statuses.keys()].filter((status) => !expected.includes(status))
  }

  /**
   * Resolves when so many more batches were acknowledged: however slow the machine, a fault strikes under load.
   * False when that did not happen in `ms`.
   */
  async more(batches: number, ms = 120_000): Promise<boolean> {
    const wanted = this.acked.length + batches
    for (const until = Date.now() + ms; this.acked.length < wanted; ) {
      if (Date.now() > until) return false
      await wait(20)
    }
    return true
  }

  /** Resolves when no request is under way. */
  async stop(): Promise<void> {
    this.#stopping = true
    await Promise.all(this.#senders)
  }

  /** Every acknowledged batch once more. */
  async again(): Promise<void> {
    for (const sent of this.acked) await this.post(sent)
  }

  async #sendUntilStopped(): Promise<void> {
    while (!this.#stopping) {
      const sent = batch()
      while (!(await this.post(sent))) {
        if (this.#stopping) return
        await wait(50)
      }
      this.acked.push(sent)
    }
  }

  /** Sends a batch to every address at once, to every second one in reverse; true = all acknowledged it. */
  async post(sent: Sent): Promise<boolean> {
    const statuses = await Promise.all(
      this.#urls.map((url, i) => this.#postTo(url, i % 2 === 0 ? sent.body : sent.reversed)),
    )
    return statuses.every((status) => status === 200)
  }

  async #postTo(url: string, body: string): Promise<number> {
    const began = performance.now()
    let status = 0
    try {
      const answer = await fetch(`${url}/v1/traces`, {
        method: 'POST',
        headers: {
          ...bearer({ scope: 'traces:write', ...this.#claims }),
          'content-type': 'application/json',
        },
        body,
        signal: AbortSignal.timeout(10_000),
      })
      await answer.text()
      status = answer.status
      const again = status === 429 || status === 503
      if (again && answer.headers.get('retry-after') !== '1') this.unhelpful++
    } catch {
      status = 0
    }
    this.slowestMs = Math.max(this.slowestMs, performance.now() - began)
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1)
    return status
  }
}

/** A batch with ids of its own; its spans start now, or at `startNs`. */
export function batch(
  spans = batches++ % 2 === 0 ? SMALL : LARGE,
  startNs = BigInt(Date.now()) * 1_000_000n,
): Sent {
  const traceId = randomBytes(16).toString('hex')
  const spanIds = Array.from({ length: spans }, () => randomBytes(8).toString('hex'))
  const sent = spanIds.map((spanId, i) => ({
    traceId,
    spanId,
    ...(i === 0 ? {} : { parentSpanId: spanIds[0] }),
    name: `step ${i}`,
    startTimeUnixNano: String(startNs),
    endTimeUnixNano: String(startNs + 1_000_000n),
  }))
  return { spanIds, body: requestOf(sent), reversed: requestOf([...sent].reverse()) }
}

export const requestOf = (spans: readonly object[]) =>
  JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })
