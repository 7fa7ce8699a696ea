import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-node'
import type { ExportQueue } from './export-queue.ts'
import { keys } from './keys.ts'
import type { Settings } from './options.ts'
import { snapshotOf } from './snapshot.ts'
import { quietly } from './warnings.ts'

interface OpenSpan {
  span: ReadableSpan
  /** Milliseconds of Date.now(). */
  since: number
  isExecution: boolean
  isShown: boolean
}

/**
 * Hands ended spans to the queue, and copies of open ones so that a long run is visible while it runs: an
 * execution soon after its start, any span after `snapshotAfterMs`, and the open parent of every span that is
 * sent, so that the tree is whole at any time. Each open span is copied once.
 */
export class SnapshotProcessor implements SpanProcessor {
  readonly #queue: ExportQueue
  readonly #settings: Settings
  readonly #open = new Map<string, OpenSpan>()
  #ended: ReadableSpan[] = []
  #timer: NodeJS.Timeout | null = null
  #dueAt = Number.POSITIVE_INFINITY
  #closed = false

  constructor(queue: ExportQueue, settings: Settings) {
    this.#queue = queue
    this.#settings = settings
  }

  onStart(span: Span): void {
    quietly(() => {
      const isExecution = span.attributes[keys.spanKind] === 'workflow'
      this.#open.set(span.spanContext().spanId, { span, since: Date.now(), isExecution, isShown: false })
      this.#wake(isExecution ? this.#settings.startDelayMs : this.#settings.snapshotAfterMs)
    })
  }

  onEnd(span: ReadableSpan): void {
    quietly(() => {
      this.#open.delete(span.spanContext().spanId)
      this.#ended.push(span)
      this.#wake(this.#ended.length >= this.#settings.maxBatchSpans ? 0 : this.#settings.flushIntervalMs)
    })
  }

  async forceFlush(): Promise<void> {
    this.collect()
    await this.#queue.send()
  }

  async shutdown(): Promise<void> {
    this.#closed = true
    if (this.#timer) clearTimeout(this.#timer)
    this.collect()
  }

  /** Moves what is ready to the queue. */
  collect(): void {
    const now = Date.now()
    const ready = this.#ended
    this.#ended = []
    const shown: ReadableSpan[] = []
    for (const open of this.#open.values()) {
      const age = now - open.since
      if (open.isExecution || age >= this.#settings.snapshotAfterMs) this.#show(open, shown)
    }
    for (const span of ready) this.#showParents(span, shown)
    // parents first: they are older
    this.#queue.add(shown)
    this.#queue.add(ready)
  }

  #showParents(span: ReadableSpan, shown: ReadableSpan[]): void {
    let parent = this.#open.get(span.parentSpanContext?.spanId ?? '')
    while (parent && !parent.isShown) {
      this.#show(parent, shown)
      parent = this.#open.get(parent.span.parentSpanContext?.spanId ?? '')
    }
  }

  #show(open: OpenSpan, shown: ReadableSpan[]): void {
    if (open.isShown) return
    open.isShown = true
    shown.push(snapshotOf(open.span))
  }

  /** One timer for everything; it never keeps the process alive. */
  #wake(inMs: number): void {
    const dueAt = Date.now() + inMs
    if (this.#closed || dueAt >= this.#dueAt) return
    if (this.#timer) clearTimeout(this.#timer)
    this.#dueAt = dueAt
    this.#timer = setTimeout(() => this.#tick(), inMs)
    this.#timer.unref()
  }

  #tick(): void {
    this.#dueAt = Number.POSITIVE_INFINITY
    quietly(() => this.collect())
    this.#queue.send().finally(() => {
      if (this.#queue.size > 0) this.#wake(this.#settings.flushIntervalMs)
    })
    for (const open of this.#open.values()) {
      if (open.isShown) continue
      this.#wake(
        Math.max(this.#settings.startDelayMs, open.since + this.#settings.snapshotAfterMs - Date.now()),
      )
      break
    }
  }
}
