/**
 * Bytes of a body that put its turn off by a millisecond: so a small request comes before large ones that are there
 * already. Of 20 MiB it is 10 s, longer than any of them waits: were it their turn before they are late, small ones would
 * wait for the whole of each (0.9 s instead of 0.1, measured).
 */
const BYTES_PER_MS = 2 * 1024

interface Waiting {
  /** Milliseconds of the process's clock. */
  due: number
  begin: () => void
}

/**
 * One piece of work at a time. Requests of a size are done one after the other, not all at once: what each of them
 * holds while it waits in the middle (its body, its rows, its slice of spans) would survive collection after
 * collection, and none would be answered sooner.
 */
export class Turns {
  readonly #waiting: Waiting[] = []
  #taken = false
  #looking = false

  /** When the turn of a request that came now is due; `bytes` of its body. */
  due(bytes: number): number {
    return performance.now() + bytes / BYTES_PER_MS
  }

  /** Resolves when it is the caller's turn: when nobody has it, and nobody who waits was due earlier. */
  take(due: number): Promise<void> {
    return new Promise((begin) => {
      this.#waiting.push({ due, begin })
      this.#next()
    })
  }

  give(): void {
    this.#taken = false
    this.#next()
  }

  /** Not at once: whoever came meanwhile is to be heard first. One look at a time, or the next would be in the same breath. */
  #next(): void {
    if (this.#looking) return
    this.#looking = true
    setImmediate(() => {
      this.#looking = false
      if (this.#taken || this.#waiting.length === 0) return
      let first = 0
      for (const [i, { due }] of this.#waiting.entries()) {
        if (due < (this.#waiting[first] as Waiting).due) first = i
      }
      const [next] = this.#waiting.splice(first, 1)
      this.#taken = true
      next?.begin()
    })
  }
}
