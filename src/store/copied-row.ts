import { PG_EPOCH_DAYS } from './span-row.ts'

const PG_EPOCH_MS = PG_EPOCH_DAYS * 86_400_000

/** Reads the values of one row in PostgreSQL's COPY BINARY format, one after the other. */
export class CopiedRow {
  #buffer: Buffer = Buffer.alloc(0)
  #at = 0

  /** Goes to a row's first value. */
  open(buffer: Buffer, at: number): void {
    this.#buffer = buffer
    this.#at = at
  }

  /** NULL = null. */
  text(): string | null {
    const end = this.#next()
    return end === -1 ? null : this.#buffer.toString('utf8', this.#at, (this.#at = end))
  }

  /** Bytes in lower-case hex; NULL = ''. */
  hex(): string {
    const end = this.#next()
    return end === -1 ? '' : this.#buffer.toString('hex', this.#at, (this.#at = end))
  }

  /** A copy; NULL = no bytes. */
  bytes(): Buffer {
    const end = this.#next()
    return Buffer.from(this.#buffer.subarray(this.#at, (this.#at = Math.max(end, this.#at))))
  }

  boolean(): boolean {
    const end = this.#next()
    return end !== -1 && this.#buffer[(this.#at = end) - 1] === 1
  }

  /** smallint or integer. */
  int(): number {
    const end = this.#next()
    const at = this.#at
    if (end === -1) return 0
    this.#at = end
    return end - at === 2 ? this.#buffer.readInt16BE(at) : this.#buffer.readInt32BE(at)
  }

  bigint(): bigint | null {
    const end = this.#next()
    if (end === -1) return null
    this.#at = end
    return this.#buffer.readBigInt64BE(end - 8)
  }

  /** bigint as a number; exact below 2^53. */
  count(): number | null {
    const end = this.#next()
    if (end === -1) return null
    this.#at = end
    return this.#buffer.readInt32BE(end - 8) * 2 ** 32 + this.#buffer.readUInt32BE(end - 4)
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
    const length = this.#buffer.readInt32BE(this.#at)
    this.#at += 4
    return length === -1 ? -1 : this.#at + length
  }
}
