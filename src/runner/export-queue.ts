import { context } from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node'
import type { Endpoint } from './endpoint.ts'
import type { FallbackLog } from './fallback-log.ts'
import type { Settings } from './options.ts'
import { sizeOf } from './snapshot.ts'
import { type Delivery, deliver } from './transport.ts'
import type { Warnings } from './warnings.ts'

/** Milliseconds before the first retry of a batch; doubled each time. */
const FIRST_RETRY_MS = 500

interface Batch {
  spans: ReadableSpan[]
  bytes: number
}

/**
 * Spans on their way to the service: bounded in spans and bytes, one request at a time, in the background.
 * What cannot be delivered in time goes to the fallback log; without one it waits here until the bound, and
 * the oldest are given up first. Nothing here throws or is awaited by the workflow.
 */
export class ExportQueue {
  readonly #endpoint: Endpoint
  readonly #settings: Settings
  readonly #fallback: FallbackLog | null
  readonly #warnings: Warnings
  #waiting: ReadableSpan[] = []
  #bytes = 0
  #inFlight: ReadableSpan[] = []
  #sending: Promise<void> | null = null
  #away = false
  #retryAt = 0
  readonly #stop = new AbortController()

  constructor(endpoint: Endpoint, settings: Settings, fallback: FallbackLog | null, warnings: Warnings) {
    this.#endpoint = endpoint
    this.#settings = settings
    this.#fallback = fallback
    this.#warnings = warnings
  }

  add(spans: readonly ReadableSpan[]): void {
    for (const span of spans) {
      this.#waiting.push(span)
      this.#bytes += sizeOf(span)
    }
    while (
      this.#waiting.length > this.#settings.maxQueueSpans ||
      (this.#bytes > this.#settings.maxQueueBytes && this.#waiting.length > 0)
    ) {
      this.#giveUp(this.#take().spans, 'the queue is full')
    }
  }

  /** Spans that wait for delivery. */
  get size(): number {
    return this.#waiting.length
  }

  /** Sends what waits; resolves when the queue is empty or the service is away. */
  send(): Promise<void> {
    this.#sending ??= this.#drain().finally(() => {
      this.#sending = null
    })
    return this.#sending
  }

  /** Sends what it can within the time; the rest goes to the fallback log. */
  async close(timeoutMs: number): Promise<void> {
    this.#retryAt = 0
    const deadline = setTimeout(() => this.#stop.abort(), timeoutMs)
    await this.send()
    // what came while the last batch was on its way
    if (this.#waiting.length > 0 && !this.#stop.signal.aborted) await this.send()
    clearTimeout(deadline)
    this.#stop.abort()
    while (this.#waiting.length > 0) await this.#giveUp(this.#take().spans, 'the runner stops')
  }

  /** For the `exit` event: what was not acknowledged goes to the fallback log at once. */
  abandon(): void {
    const spans = [...this.#inFlight, ...this.#waiting]
    this.#inFlight = []
    this.#waiting = []
    this.#bytes = 0
    if (spans.length > 0) this.#fallback?.appendNow(spans)
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0 && Date.now() >= this.#retryAt) {
      const batch = this.#take()
      this.#inFlight = batch.spans
      const delivery = await this.#deliver(batch.spans)
      this.#inFlight = []
      if (delivery.ok) {
        this.#arrived(delivery)
        continue
      }
      this.#missed(delivery.reason)
      if (this.#fallback || !delivery.retryable) {
        await this.#giveUp(batch.spans, delivery.reason)
      } else {
        this.#waiting.unshift(...batch.spans)
        this.#bytes += batch.bytes
      }
      if (this.#stop.signal.aborted) return
      if (delivery.retryable) this.#retryAt = Date.now() + this.#settings.flushIntervalMs
    }
  }

  /** One batch with its retries. While the service is known to be away, one try is enough. */
  async #deliver(spans: ReadableSpan[]): Promise<Delivery> {
    const signal = AbortSignal.any([AbortSignal.timeout(this.#settings.exportTimeoutMs), this.#stop.signal])
    const deadline = Date.now() + this.#settings.exportTimeoutMs
    let pause = FIRST_RETRY_MS
    for (;;) {
      const delivery = await context.with(suppressTracing(context.active()), () =>
        deliver(this.#endpoint.tracesUrl, this.#endpoint.headers, spans, signal),
      )
      if (delivery.ok || !delivery.retryable || this.#away || signal.aborted) return delivery
      const wait = delivery.retryAfterMs ?? pause
      if (Date.now() + wait >= deadline) return delivery
      await sleep(wait, signal)
      pause *= 2
    }
  }

  #arrived(delivery: Delivery & { ok: true }): void {
    this.#away = false
    this.#warnings.over('away', 'the trace service takes spans again')
    if (delivery.refused > 0) {
      this.#warnings.warn(
        'refused',
        `the trace service refused ${delivery.refused} spans: ${delivery.reason}`,
      )
    }
  }

  #missed(reason: string): void {
    this.#away = true
    const where = this.#fallback
      ? `go to ${this.#fallback.path}`
      : 'wait in memory, the oldest are dropped when it is full'
    this.#warnings.warn('away', `the trace service does not take spans (${reason}); they ${where}`)
  }

  async #giveUp(spans: ReadableSpan[], reason: string): Promise<void> {
    if (this.#fallback) await this.#fallback.append(spans)
    else
      this.#warnings.warn(
        'lost',
        `${spans.length} spans are lost (${reason}); a fallback log would keep them`,
      )
  }

  #take(): Batch {
    let count = 0
    let bytes = 0
    for (const span of this.#waiting) {
      const size = sizeOf(span)
      if (count > 0 && (count >= this.#settings.maxBatchSpans || bytes + size > this.#settings.maxBatchBytes))
        break
      count++
      bytes += size
    }
    this.#bytes = Math.max(0, this.#bytes - bytes)
    return { spans: this.#waiting.splice(0, count), bytes }
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    timer.unref()
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
  })
}
