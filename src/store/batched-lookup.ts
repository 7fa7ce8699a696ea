/**
 * Look-ups by id, one query at a time: what is asked for while one is under way goes into the next, together. However
 * many strangers ask at once, they hold one connection and no more.
 */
export class BatchedLookup<Row extends { id: string }> {
  readonly #read: (ids: readonly string[]) => Promise<readonly Row[]>
  #next: { ids: Set<string>; rows: Promise<ReadonlyMap<string, Row>> } | null = null
  #last: Promise<unknown> = Promise.resolve()

  /** @param read the rows of these ids, in any order; those that are not there are left out */
  constructor(read: (ids: readonly string[]) => Promise<readonly Row[]>) {
    this.#read = read
  }

  /** The row of an id; null = there is none. Rejects as `read` does, for all that were asked for together. */
  async find(id: string): Promise<Row | null> {
    this.#next ??= this.#batch()
    this.#next.ids.add(id)
    return (await this.#next.rows).get(id) ?? null
  }

  #batch() {
    const ids = new Set<string>()
    const rows = this.#last.then(async () => {
      this.#next = null
      return new Map((await this.#read([...ids])).map((row) => [row.id, row]))
    })
    this.#last = rows.catch(() => {})
    return { ids, rows }
  }
}
