import { InternedStrings } from '../otlp/interned-strings.ts'
import { PG_EPOCH_DAYS } from './span-row.ts'

const PG_EPOCH_MS = PG_EPOCH_DAYS * 86_400_000

/** Texts that are remembered: names of nodes, models and services, which repeat from row to row. */
const TEXTS = 1024
/** Bytes of a text up to which it is looked for among them. */
const SHORT = 64

/** Reads the values of one row in PostgreSQL's COPY BINARY format, one after the other. */
export class CopiedRow {
  /** The memory that rows are parts of: the driver reads many at a time into one. */
  #memory: Buffer = Buffer.alloc(0)
  #view = new DataView(this.#memory.buffer)
  #at = 0
  readonly #texts = new InternedStrings(TEXTS)

  /** Goes to a row's first value. */
  open(buffer: Buffer, at: number): void {
    if (buffer.buffer !== this.#memory.buffer) {
      this.#memory = Buffer.from(buffer.buffer)
      this.#view = new DataView(buffer.buffer)
    }
    this.#at = buffer.byteOffset + at
  }

  /** NULL = null. */
  text(): string | null {
    const end = this.#next()
    if (end === -1) return null
    const start = this.#at
    this.#at = end
    if (end - start > SHORT) return this.#memory.toString('utf8', start, end)
    const known = this.#texts.find(this.#memory, start, end)
    if (known !== undefined) return known
    const text = this.#memory.toString('utf8', start, end)
    this.#texts.keep(this.#memory, start, end, text)
    return text
  }

  /** Bytes in lower-case hex; NULL = ''. */
  hex(): string {
    const end = this.#next()
    return end === -1 ? '' : this.#memory.toString('hex', this.#at, (this.#at = end))
  }

  /** Bytes as characters, in whose order they are; NULL = ''. */
  latin1(): string {
    const end = this.#next()
    return end === -1 ? '' : this.#memory.toString('latin1', this.#at, (this.#at = end))
  }

  boolean(): boolean {
    const end = this.#next()
    return end !== -1 && this.#memory[(this.#at = end) - 1] === 1
  }

  /** smallint or integer. */
  int(): number {
    const end = this.#next()
    if (end === -1) return 0
    const at = this.#at
    this.#at = end
    return end - at === 2 ? this.#view.getInt16(at) : this.#view.getInt32(at)
  }

  bigint(): bigint | null {
    const end = this.#next()
    if (end === -1) return null
    this.#at = end
    return this.#view.getBigInt64(end - 8)
  }

  /** The last eight bytes of a value that is read after this; it is there, and has as many. */
  lastEight(): bigint {
    return this.#view.getBigInt64(this.#at + this.#view.getInt32(this.#at) - 4)
  }

  /** bigint as a number; exact below 2^53. */
  count(): number | null {
    const end = this.#next()
    if (end === -1) return null
    this.#at = end
    return this.#view.getInt32(end - 8) * 2 ** 32 + this.#view.getUint32(end - 4)
  }

  /** timestamptz as Unix milliseconds. */
  millis(): number {
    return PG_EPOCH_MS + Math.floor((this.count() ?? 0) / 1000)
  }

  /** date as days since 1970-01-01. */
  days(): number {
    return this.int() + PG_EPOCH_DAYS
  }

  /** Reads the length of the next value: its end, or −1 for NULL. */
  #next(): number {
    const length = this.#view.getInt32(this.#at)
    this.#at += 4
    return length === -1 ? -1 : this.#at + length
  }
}
