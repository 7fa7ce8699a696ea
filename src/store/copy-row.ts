/**
 * A growing buffer of rows in PostgreSQL's COPY BINARY format. One method for each column type; `startRow` and
 * `endRow` around them. Values are written straight into the buffer: no strings are joined, nothing is escaped.
 */
export class CopyRows {
  #buffer: Buffer
  #at = 0
  /** Where each row ends: rows can be sent apart when one of them is refused. */
  readonly ends: number[] = []

  constructor(initialBytes = 64 * 1024) {
    this.#buffer = Buffer.allocUnsafe(initialBytes)
  }

  get length(): number {
    return this.ends.length
  }

  get byteLength(): number {
    return this.#at
  }

  /** The rows `from` (inclusive) to `to` (exclusive) as bytes, without COPY's header and trailer. */
  slice(from = 0, to = this.ends.length): Buffer {
    return this.#buffer.subarray(from === 0 ? 0 : this.ends[from - 1], to === 0 ? 0 : this.ends[to - 1])
  }

  startRow(fields: number): void {
    this.#room(2)
    this.#at = this.#buffer.writeInt16BE(fields, this.#at)
  }

  endRow(): void {
    this.ends.push(this.#at)
  }

  /** Bytes since `from`, for a hash over part of a row. */
  since(from: number): Buffer {
    return this.#buffer.subarray(from, this.#at)
  }

  /** Forgets the values of this row since `to`. */
  back(to: number): void {
    this.#at = to
  }

  /** Writes over bytes that were reserved with `bytes`. */
  patch(bytes: Uint8Array, at: number): void {
    this.#buffer.set(bytes, at)
  }

  null(): void {
    this.#room(4)
    this.#at = this.#buffer.writeInt32BE(-1, this.#at)
  }

  boolean(value: boolean): void {
    this.#room(5)
    this.#at = this.#buffer.writeInt32BE(1, this.#at)
    this.#buffer[this.#at++] = value ? 1 : 0
  }

  int16(value: number): void {
    this.#room(6)
    this.#at = this.#buffer.writeInt32BE(2, this.#at)
    this.#at = this.#buffer.writeInt16BE(value, this.#at)
  }

  int32(value: number): void {
    this.#room(8)
    this.#at = this.#buffer.writeInt32BE(4, this.#at)
    this.#at = this.#buffer.writeInt32BE(value, this.#at)
  }

  int64(value: bigint): void {
    this.#room(12)
    this.#at = this.#buffer.writeInt32BE(8, this.#at)
    this.#at = this.#buffer.writeBigInt64BE(value, this.#at)
  }

  /** A whole number below 2^53; null = NULL. */
  count(value: number | null): void {
    if (value === null) {
      this.null()
      return
    }
    this.int64(BigInt(value))
  }

  text(value: string | null): void {
    if (value === null) {
      this.null()
      return
    }
    this.#room(4 + value.length * 3)
    const written = this.#buffer.write(value, this.#at + 4, 'utf8')
    this.#buffer.writeInt32BE(written, this.#at)
    this.#at += 4 + written
  }

  /** An id in hex; '' or null = NULL. */
  hex(value: string | null): void {
    if (value === null || value === '') {
      this.null()
      return
    }
    this.#room(4 + value.length / 2)
    this.#at = this.#buffer.writeInt32BE(value.length / 2, this.#at)
    this.#at += this.#buffer.write(value, this.#at, 'hex')
  }

  /** Returns where the bytes begin, for `patch`. */
  bytes(value: Uint8Array): number {
    this.#room(4 + value.length)
    this.#at = this.#buffer.writeInt32BE(value.length, this.#at)
    this.#buffer.set(value, this.#at)
    this.#at += value.length
    return this.#at - value.length
  }

  /** A decimal string such as `0.000016350`: never through a float; null = NULL. */
  numeric(value: string | null): void {
    if (value === null) {
      this.null()
      return
    }
    const { digits, weight, negative, scale } = base10000(value)
    this.#room(12 + digits.length * 2)
    const buffer = this.#buffer
    this.#at = buffer.writeInt32BE(8 + digits.length * 2, this.#at)
    this.#at = buffer.writeInt16BE(digits.length, this.#at)
    this.#at = buffer.writeInt16BE(weight, this.#at)
    this.#at = buffer.writeUInt16BE(negative ? 0x4000 : 0, this.#at)
    this.#at = buffer.writeInt16BE(scale, this.#at)
    for (const digit of digits) this.#at = buffer.writeInt16BE(digit, this.#at)
  }

  /** A one-dimensional text array. */
  texts(values: readonly string[]): void {
    this.#room(4 + 20)
    const start = this.#at
    let at = start + 4
    for (const word of values.length === 0 ? [0, 0, TEXT_OID] : [1, 0, TEXT_OID, values.length, 1]) {
      at = this.#buffer.writeInt32BE(word, at)
    }
    this.#at = at
    for (const value of values) this.text(value)
    this.#buffer.writeInt32BE(this.#at - start - 4, start)
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return
    const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#at + bytes))
    this.#buffer.copy(grown, 0, 0, this.#at)
    this.#buffer = grown
  }
}

/** OID of `text` (pg_type.dat). */
const TEXT_OID = 25

/** PostgreSQL's numeric in base 10,000: `weight` is the power of 10,000 of the first digit. */
function base10000(decimal: string): { digits: number[]; weight: number; negative: boolean; scale: number } {
  const negative = decimal.startsWith('-')
  const [whole = '', fraction = ''] = decimal.replace(/^[+-]/, '').split('.')
  const before = whole.padStart(Math.ceil(whole.length / 4) * 4, '0')
  const after = fraction.padEnd(Math.ceil(fraction.length / 4) * 4, '0')
  const groups = `${before}${after}`.match(/.{4}/g)?.map(Number) ?? []
  let weight = before.length / 4 - 1
  while (groups.length > 0 && groups[0] === 0) {
    groups.shift()
    weight -= 1
  }
  while (groups.length > 0 && groups.at(-1) === 0) groups.pop()
  return { digits: groups, weight: groups.length === 0 ? 0 : weight, negative, scale: fraction.length }
}
