import { FIELD, FIELDS, type Field } from './fields.ts'

const UNSET = 0x7fff

/** What one pass over a span's attributes found: per field the value of the best source. */
export class Reading {
  readonly #values: unknown[] = new Array(FIELDS.length).fill(null)
  readonly #ranks: number[] = new Array(FIELDS.length).fill(UNSET)
  /** One bit per family (its place in the list) of which something was seen. */
  families = 0

  /** Keeps the value unless a better source has spoken. Ranks are unique, so order does not matter. */
  offer(place: number, rank: number, value: unknown): void {
    if (rank < (this.#ranks[place] as number)) {
      this.#ranks[place] = rank
      this.#values[place] = value
    }
  }

  /** True when a value of this rank would be kept. */
  wants(place: number, rank: number): boolean {
    return rank < (this.#ranks[place] as number)
  }

  text(field: Field): string | null {
    return this.#values[FIELD[field]] as string | null
  }

  count(field: Field): number | null {
    return this.#values[FIELD[field]] as number | null
  }

  value(field: Field): unknown {
    return this.#values[FIELD[field]]
  }

  /** The rank of the source that was kept: the table knows its name. */
  rank(field: Field): number {
    return this.#ranks[FIELD[field]] as number
  }

  /** A family's last word: replaces whatever was found. */
  set(field: Field, value: unknown): void {
    this.#ranks[FIELD[field]] = -1
    this.#values[FIELD[field]] = value
  }

  /** A family's reading of a text that was found: the same source's word, as its convention means it. */
  amend(field: Field, read: (text: string) => string | null): void {
    const text = this.text(field)
    if (text !== null) this.#values[FIELD[field]] = read(text)
  }

  /** A family's suggestion: only where nothing was found. */
  suggest(field: Field, value: unknown): void {
    this.offer(FIELD[field], UNSET - 1, value)
  }
}
