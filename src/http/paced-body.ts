import { Readable } from 'node:stream'

/** Bytes that are handed on at once: small, so that a slow reader is seen to move. */
const PIECE_BYTES = 16 * 1024

/** A text that is made when its turn comes. */
export type Make = () => string | Promise<string>

interface Pace {
  /** How the next text is made; undefined = there is none now. */
  next(): Make | undefined
  /** Milliseconds without anything being taken, after which `stalled` is told. */
  stallMs: number
  stalled(): void
}

/**
 * A body of texts that are made one after another, each when what is before it has been taken: whoever reads slowly
 * costs one text in memory. Call `wake` when there is something next. A text that cannot be made destroys the body.
 */
export class PacedBody extends Readable {
  readonly #pace: Pace
  #rest: Buffer = Buffer.alloc(0)
  #wanted = false
  #making = false
  #last = false
  #stall: NodeJS.Timeout | undefined

  constructor(pace: Pace) {
    super({ highWaterMark: PIECE_BYTES })
    this.#pace = pace
  }

  override _read(): void {
    clearTimeout(this.#stall)
    this.#wanted = true
    this.wake()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#stall)
    done(error)
  }

  /** There may be something next. */
  wake(): void {
    if (!this.#making) void this.#make()
  }

  /** Ends the body when there is nothing next any more. */
  finish(): void {
    this.#last = true
    this.wake()
  }

  async #make(): Promise<void> {
    this.#making = true
    try {
      while (this.#wanted && !this.destroyed) {
        if (this.#rest.length > 0) {
          this.#handOn()
          continue
        }
        const make = this.#pace.next()
        if (make === undefined) {
          if (this.#last) this.push(null)
          return
        }
        this.#rest = Buffer.from(await make())
      }
    } catch (error) {
      this.destroy(error as Error)
    } finally {
      // before anything else runs: whoever wakes it next must be heard
      this.#making = false
    }
  }

  #handOn(): void {
    const piece = this.#rest.subarray(0, PIECE_BYTES)
    this.#rest = this.#rest.subarray(PIECE_BYTES)
    this.#wanted = this.push(piece)
    if (this.#wanted) return
    clearTimeout(this.#stall)
    this.#stall = setTimeout(() => this.#pace.stalled(), this.#pace.stallMs)
    this.#stall.unref()
  }
}
