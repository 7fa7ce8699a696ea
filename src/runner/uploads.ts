import { context } from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import type { Endpoint } from './endpoint.ts'
import { isRetryable, networkReason } from './transport.ts'
import type { Warnings } from './warnings.ts'

/** Bytes of all uploads that wait; more are not kept. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024
const ATTEMPTS = 5
/** Milliseconds before the second attempt; doubled each time. */
const FIRST_RETRY_MS = 500
const ATTEMPT_TIMEOUT_MS = 30_000

export interface Upload {
  executionId: string
  workflowId: string
  spanId: string
  artifactId: string
  name: string
  mediaType: string
  /** Lower-case hex: the service takes nothing that does not have it. */
  sha256: string
  bytes: Buffer<ArrayBuffer>
}

/** Artifact bytes on their way to the service: one after the other, in the background, retried, bounded. */
export class Uploads {
  readonly #endpoint: Endpoint
  readonly #warnings: Warnings
  #waitingBytes = 0
  #last: Promise<void> = Promise.resolve()
  readonly #stop = new AbortController()

  constructor(endpoint: Endpoint, warnings: Warnings) {
    this.#endpoint = endpoint
    this.#warnings = warnings
  }

  add(upload: Upload): void {
    if (this.#stop.signal.aborted || this.#waitingBytes + upload.bytes.length > MAX_WAITING_BYTES) {
      this.#warnings.warn(
        'upload',
        `artifact bytes were dropped: over ${MAX_WAITING_BYTES} bytes wait already`,
      )
      return
    }
    this.#waitingBytes += upload.bytes.length
    this.#last = this.#last
      .then(() => this.#put(upload))
      .catch((error) => this.#failed(networkReason(error)))
      .finally(() => {
        this.#waitingBytes -= upload.bytes.length
      })
  }

  /** Resolves when all are through or given up, at the latest after the time. */
  async close(timeoutMs: number): Promise<void> {
    const deadline = setTimeout(() => this.#stop.abort(), timeoutMs)
    await this.#last
    clearTimeout(deadline)
    this.#stop.abort()
  }

  async #put(upload: Upload): Promise<void> {
    let pause = FIRST_RETRY_MS
    let reason = 'the runner stops'
    for (let attempt = 1; attempt <= ATTEMPTS && !this.#stop.signal.aborted; attempt++) {
      const outcome = await this.#attempt(upload)
      if (outcome.done) return
      reason = outcome.reason
      if (!outcome.retryable) break
      if (attempt < ATTEMPTS) await this.#pause(pause)
      pause *= 2
    }
    this.#failed(reason)
  }

  async #attempt(upload: Upload): Promise<{ done: boolean; retryable: boolean; reason: string }> {
    try {
      const response = await context.with(suppressTracing(context.active()), () =>
        fetch(this.#endpoint.artifactUrl(upload.executionId, upload.artifactId), {
          method: 'PUT',
          headers: {
            ...this.#endpoint.headers,
            'content-type': upload.mediaType,
            'x-artifact-name': encodeURIComponent(upload.name),
            'x-workflow-id': encodeURIComponent(upload.workflowId),
            'x-span-id': upload.spanId,
            'x-content-sha256': upload.sha256,
          },
          body: upload.bytes,
          redirect: 'error',
          signal: AbortSignal.any([AbortSignal.timeout(ATTEMPT_TIMEOUT_MS), this.#stop.signal]),
        }),
      )
      await response.body?.cancel()
      return { done: response.ok, retryable: isRetryable(response.status), reason: `HTTP ${response.status}` }
    } catch (error) {
      return { done: false, retryable: true, reason: networkReason(error) }
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      timer.unref()
      this.#stop.signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }

  #failed(reason: string): void {
    this.#warnings.warn(
      'upload',
      `artifact bytes were not stored (${reason}); the span keeps their reference`,
    )
  }
}
