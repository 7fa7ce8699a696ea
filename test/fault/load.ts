import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { bearer } from '../http/service.ts'

/** Spans in one request. */
const BATCH = 16

interface Sent {
  body: string
  spanIds: string[]
}

/** Senders that never give a batch up, like an exporter with a long breath, and remember what was acknowledged. */
export class Load {
  readonly acked: Sent[] = []
  /** Every status that came, and 0 for a connection that broke. */
  readonly statuses = new Map<number, number>()
  readonly #url: string
  readonly #senders: Promise<void>[]
  #stopping = false

  constructor(url: string, senders: number) {
    this.#url = url
    this.#senders = Array.from({ length: senders }, () => this.#sendUntilStopped())
  }

  get ackedSpanIds(): string[] {
    return this.acked.flatMap((sent) => sent.spanIds)
  }

  /** Resolves when so many more batches were acknowledged: however slow the machine, a fault strikes under load. */
  async more(batches: number): Promise<void> {
    const wanted = this.acked.length + batches
    while (this.acked.length < wanted) await wait(20)
  }

  /** Resolves when no request is under way. */
  async stop(): Promise<void> {
    this.#stopping = true
    await Promise.all(this.#senders)
  }

  /** Every acknowledged batch once more. */
  async again(): Promise<void> {
    for (const sent of this.acked) await this.#post(sent)
  }

  async #sendUntilStopped(): Promise<void> {
    while (!this.#stopping) {
      const sent = batch()
      while (!(await this.#post(sent))) {
        if (this.#stopping) return
        await wait(50)
      }
      this.acked.push(sent)
    }
  }

  async #post(sent: Sent): Promise<boolean> {
    let status = 0
    try {
      const answer = await fetch(`${this.#url}/v1/traces`, {
        method: 'POST',
        headers: { ...bearer({ scope: 'traces:write' }), 'content-type': 'application/json' },
        body: sent.body,
        signal: AbortSignal.timeout(10_000),
      })
      await answer.text()
      status = answer.status
    } catch {
      status = 0
    }
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1)
    return status === 200
  }
}

function batch(): Sent {
  const traceId = randomBytes(16).toString('hex')
  const startNs = BigInt(Date.now()) * 1_000_000n
  const spanIds = Array.from({ length: BATCH }, () => randomBytes(8).toString('hex'))
  const spans = spanIds.map((spanId, i) => ({
    traceId,
    spanId,
    ...(i === 0 ? {} : { parentSpanId: spanIds[0] }),
    name: `step ${i}`,
    startTimeUnixNano: String(startNs),
    endTimeUnixNano: String(startNs + 1_000_000n),
  }))
  return { spanIds, body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }) }
}
