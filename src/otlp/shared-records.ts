/** Records that are remembered, and the most bytes that one may have been made of: at most 1 MiB of keys. */
const REMEMBERED = 256
const MOST_BYTES = 4096

/**
 * Records by the bytes that they were made of: a process sends the same resource with every request, and whoever
 * works on it can remember what it found by the object. Bounded, by forgetting all: a hostile sender gains nothing.
 */
export class SharedRecords<T extends object> {
  readonly #records = new Map<string, T>()

  /** True when a record of so many bytes may be remembered. */
  fits(bytes: number): boolean {
    return bytes <= MOST_BYTES
  }

  get(key: string): T | undefined {
    return this.#records.get(key)
  }

  set(key: string, record: T): void {
    if (this.#records.size >= REMEMBERED) this.#records.clear()
    this.#records.set(key, record)
  }
}
