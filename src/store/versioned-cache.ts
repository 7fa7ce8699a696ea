/** Something made of an execution at one version of it, and its weight. */
interface Entry<T> {
  version: string
  value: Promise<T>
  weight: number
}

/**
 * What was made of the executions that were read last. A changed execution is made anew; beyond `capacity` (the
 * sum of the weights) the least recently used go. Requests for the same thing at once share one making.
 */
export class VersionedCache<T> {
  readonly #entries = new Map<string, Entry<T>>()
  readonly #capacity: number
  #weight = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get(key: string, version: string, weight: number, make: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key)
    if (known !== undefined) this.#remove(key, known)
    if (known?.version === version) {
      this.#add(key, known)
      return known.value
    }
    const entry: Entry<T> = { version, value: make(), weight }
    this.#add(key, entry)
    entry.value.catch(() => {
      if (this.#entries.get(key) === entry) this.#remove(key, entry)
    })
    return entry.value
  }

  #add(key: string, entry: Entry<T>): void {
    this.#entries.set(key, entry)
    this.#weight += entry.weight
    for (const [oldest, other] of this.#entries) {
      if (this.#weight <= this.#capacity) return
      this.#remove(oldest, other)
    }
  }

  #remove(key: string, entry: Entry<T>): void {
    this.#entries.delete(key)
    this.#weight -= entry.weight
  }
}
