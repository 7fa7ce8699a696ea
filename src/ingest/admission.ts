import type { Gauge } from 'prom-client'
import { Overloaded, TooManyRequests } from '../errors.ts'

/** Bytes that one request holds. */
export interface Ticket {
  /** Holds `bytes` more. Throws TooManyRequests or Overloaded when that is too much. */
  grow(bytes: number): void
  /** Throws what `grow` would throw now, and holds nothing: they are announced, and may take long or never come. */
  expect(bytes: number): void
  /** Gives everything back; harmless when repeated. */
  release(): void
}

/**
 * The budget of bytes that all requests in flight may hold together, whatever door they came through. Refusing
 * early keeps memory bounded and costs an exporter one second; a request alone is always admitted, so none is too
 * large for ever. While the event loop lags behind, new requests are refused too: they would be answered late.
 */
export class Admission {
  readonly #most: number
  readonly #gauge: Gauge
  readonly #late: () => boolean
  readonly #byCaller = new Map<string, number>()
  #held = 0

  constructor(mostBytes: number, gauge: Gauge, late: () => boolean = () => false) {
    this.#most = mostBytes
    this.#gauge = gauge
    this.#late = late
  }

  /** A ticket for a caller (workspace and subject), holding nothing yet. Throws Overloaded. */
  open(caller: string): Ticket {
    if (this.#held > 0 && this.#late()) throw new Overloaded()
    let own = 0
    let open = true
    const expect = (bytes: number) => {
      if (!open) throw new Overloaded()
      if (this.#held > own && this.#held + bytes > this.#most) throw this.#refusal(caller)
    }
    return {
      expect,
      grow: (bytes) => {
        expect(bytes)
        own += bytes
        this.#hold(caller, bytes)
      },
      release: () => {
        if (open) this.#hold(caller, -own)
        open = false
      },
    }
  }

  #hold(caller: string, bytes: number): void {
    this.#held += bytes
    this.#gauge.set(this.#held)
    const left = (this.#byCaller.get(caller) ?? 0) + bytes
    if (left === 0) this.#byCaller.delete(caller)
    else this.#byCaller.set(caller, left)
  }

  /** 429 for the caller who fills most of the budget itself, 503 for one whom others keep out. */
  #refusal(caller: string): Error {
    const own = this.#byCaller.get(caller) ?? 0
    return this.#byCaller.size > 1 && own > this.#most / 2 ? new TooManyRequests() : new Overloaded()
  }
}

/**
 * Bytes a body will have after inflation, as far as its end tells: gzip's trailer says it (modulo 4 GiB), other
 * codecs are taken at `ratio`. A lie costs nothing: inflation is counted, and stops at the limit.
 */
export function inflatedEstimate(body: Buffer, encoding: string, maxBytes: number, ratio = 8): number {
  if (encoding === '' || encoding === 'identity') return 0
  const said =
    /^(x-)?gzip$/.test(encoding) && body.length >= 18
      ? body.readUInt32LE(body.length - 4)
      : body.length * ratio
  return Math.min(said, maxBytes)
}
