/**
 * A small table from short UTF-8 byte strings to JavaScript strings. The keys of attributes and the names of spans
 * repeat from span to span; finding them here costs a third of decoding them again, and every span then shares one
 * copy. Direct-mapped and bounded: a colliding newcomer takes the place, so a hostile sender gains nothing.
 */
export class InternedStrings {
  readonly #mask: number
  readonly #bytes: (Uint8Array | undefined)[]
  readonly #texts: string[]
  #slot = 0

  /** @param size number of places, a power of two */
  constructor(size: number) {
    this.#mask = size - 1
    this.#bytes = new Array<Uint8Array | undefined>(size).fill(undefined)
    this.#texts = new Array<string>(size).fill('')
  }

  /** The string for `source[start, stop)`, or undefined when it is not in the table. */
  find(source: Uint8Array, start: number, stop: number): string | undefined {
    let hash = stop - start
    for (let i = start; i < stop; i++) hash = (Math.imul(hash, 31) + (source[i] as number)) | 0
    const slot = (hash ^ (hash >>> 15)) & this.#mask
    this.#slot = slot
    const bytes = this.#bytes[slot]
    if (bytes === undefined || bytes.length !== stop - start) return undefined
    for (let i = 0; i < bytes.length; i++) if (bytes[i] !== source[start + i]) return undefined
    return this.#texts[slot]
  }

  /** Remembers `text` for the bytes that `find` was just asked for and did not know. */
  keep(source: Uint8Array, start: number, stop: number, text: string): void {
    this.#bytes[this.#slot] = new Uint8Array(source.subarray(start, stop))
    this.#texts[this.#slot] = text
  }
}
