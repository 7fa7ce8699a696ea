import { PIECE, SHORT, writeEscaped, writePlain } from './json-string.ts'
import { giveBuffer, takeBuffer } from './row-buffers.ts'

/** Rows in PostgreSQL's COPY BINARY format, each of which can be sent apart. */
export interface Rows {
  readonly length: number
  readonly byteLength: number
  /** The rows `from` (inclusive) to `to` (exclusive) as bytes, without COPY's header and trailer. */
  slice(from?: number, to?: number): Buffer
  /** Somebody may go on reading these rows: `release` leaves the memory alone. */
  abandon(): void
  /** Gives the memory to rows to come; nothing may read these any more. Harmless when repeated. */
  release(): void
}

/**
 * A growing buffer of rows in PostgreSQL's COPY BINARY format. One method for each column type; `startRow` and
 * `endRow` around them. Values are written straight into the buffer: no strings are joined, nothing is escaped.
 */
export class CopyRows implements Rows {
  #buffer: Buffer
  #view: DataView
  #at = 0
  #abandoned = false
  /** Where each row ends: rows can be sent apart when one of them is refused. */
  readonly ends: number[] = []

  constructor(initialBytes = 64 * 1024) {
    this.#buffer = takeBuffer(initialBytes)
    this.#view = viewOf(this.#buffer)
  }

  release(): void {
    if (!this.#abandoned) giveBuffer(this.#buffer)
    this.#forget()
  }

  /** The memory, which begins with the rows, for another thread: this one has none of it any more. */
  handOver(): ArrayBuffer {
    const { buffer, byteLength } = this.#buffer
    const whole = buffer.byteLength === byteLength
    const memory = whole ? buffer : new Uint8Array(this.slice()).buffer
    this.#forget()
    return memory as ArrayBuffer
  }

  #forget(): void {
    this.#buffer = NOTHING
    this.#view = viewOf(NOTHING)
    this.#at = 0
  }

  abandon(): void {
    this.#abandoned = true
  }

  get length(): number {
    return this.ends.length
  }

  get byteLength(): number {
    return this.#at
  }

  slice(from = 0, to = this.ends.length): Buffer {
    return this.#buffer.subarray(from === 0 ? 0 : this.ends[from - 1], to === 0 ? 0 : this.ends[to - 1])
  }

  startRow(fields: number): void {
    this.#room(2)
    this.#short(fields)
  }

  endRow(): void {
    this.ends.push(this.#at)
  }

  /** Begins a value that is written in parts; `end` closes it. @returns its place */
  begin(): number {
    this.#room(4)
    this.#at += 4
    return this.#at
  }

  /** Ends the value that began at `from`: its length is written before it. */
  end(from: number): void {
    this.#view.setInt32(from - 4, this.#at - from)
  }

  /** One ASCII character of a value that was begun. */
  byte(code: number): void {
    this.#room(1)
    this.#buffer[this.#at++] = code
  }

  /** ASCII text of a value that was begun, as it is. */
  ascii(text: string): void {
    this.#room(text.length)
    for (let i = 0; i < text.length; i++) this.#buffer[this.#at++] = text.charCodeAt(i)
  }

  /** Any text of a value that was begun, as it is. */
  raw(text: string): void {
    this.#room(text.length * 3)
    this.#at += this.#buffer.write(text, this.#at, 'utf8')
  }

  /** A JSON string, quotes and all, of a value that was begun. */
  jsonString(text: string): void {
    const { length } = text
    this.#room(Math.min(length, PIECE) * 6 + 2)
    this.#buffer[this.#at] = QUOTE
    let at = length <= SHORT ? writePlain(this.#buffer, this.#at + 1, text) : -1
    if (at < 0) at = this.#escaped(text, this.#at + 1)
    this.#buffer[at] = QUOTE
    this.#at = at + 1
  }

  #escaped(text: string, start: number): number {
    if (text.length <= PIECE) return writeEscaped(this.#buffer, this.#view, start, text)
    let at = start
    for (let from = 0; from < text.length; ) {
      let to = from + PIECE
      if (to < text.length && (text.charCodeAt(to - 1) & 0xfc00) === 0xd800) to--
      this.#at = at
      this.#room(PIECE * 6 + 2)
      at = writeEscaped(this.#buffer, this.#view, at, text.slice(from, to))
      from = to
    }
    return at
  }

  /** The bytes since `from` as text. */
  textSince(from: number): string {
    return this.#buffer.toString('utf8', from, this.#at)
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
    this.#word(-1)
  }

  boolean(value: boolean): void {
    this.#room(5)
    this.#word(1)
    this.#buffer[this.#at++] = value ? 1 : 0
  }

  int16(value: number): void {
    this.#room(6)
    this.#word(2)
    this.#short(value)
  }

  int32(value: number): void {
    this.#room(8)
    this.#word(4)
    this.#word(value)
  }

  int64(value: bigint): void {
    this.#room(12)
    this.#word(8)
    this.#view.setBigInt64(this.#at, value)
    this.#at += 8
  }

  /** A whole number below 2^53; null = NULL. */
  count(value: number | null): void {
    if (value === null) {
      this.null()
      return
    }
    this.#room(12)
    this.#word(8)
    this.#word(Math.floor(value / 2 ** 32))
    this.#word(value | 0)
  }

  text(value: string | null): void {
    if (value === null) {
      this.null()
      return
    }
    const { length } = value
    this.#room(4 + length * 3)
    if (length <= SHORT && this.#ascii(value)) return
    const start = this.#at
    this.#at += 4 + this.#buffer.write(value, start + 4, 'utf8')
    this.#view.setInt32(start, this.#at - start - 4)
  }

  /** Writes a text of one-byte characters without a call into the runtime; false = it has others. */
  #ascii(value: string): boolean {
    const buffer = this.#buffer
    const start = this.#at + 4
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i)
      if (code > 127) return false
      buffer[start + i] = code
    }
    this.#word(value.length)
    this.#at += value.length
    return true
  }

  /** An id in hex; '' or null = NULL. */
  hex(value: string | null): void {
    if (value === null || value === '') {
      this.null()
      return
    }
    const bytes = value.length >> 1
    this.#room(4 + bytes)
    this.#word(bytes)
    for (let i = 0; i < value.length; i += 2) {
      this.#buffer[this.#at++] = nibble(value.charCodeAt(i)) * 16 + nibble(value.charCodeAt(i + 1))
    }
  }

  /** Returns where the bytes begin, for `patch`. */
  bytes(value: Uint8Array): number {
    this.#room(4 + value.length)
    this.#word(value.length)
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
    this.#array(TEXT_OID, values.length, () => {
      for (const value of values) this.text(value)
    })
  }

  /** A one-dimensional array of dates, in days since 2000-01-01. */
  dates(values: readonly number[]): void {
    this.#array(DATE_OID, values.length, () => {
      for (const value of values) this.int32(value)
    })
  }

  #array(type: number, length: number, write: () => void): void {
    this.#room(4 + 20)
    const start = this.#at
    let at = start + 4
    for (const word of length === 0 ? [0, 0, type] : [1, 0, type, length, 1]) {
      at = this.#buffer.writeInt32BE(word, at)
    }
    this.#at = at
    write()
    this.#buffer.writeInt32BE(this.#at - start - 4, start)
  }

  /** Four bytes, most significant first; `Buffer`'s own methods check their arguments every time. */
  #word(value: number): void {
    const buffer = this.#buffer
    const at = this.#at
    buffer[at] = value >>> 24
    buffer[at + 1] = value >>> 16
    buffer[at + 2] = value >>> 8
    buffer[at + 3] = value
    this.#at = at + 4
  }

  #short(value: number): void {
    this.#buffer[this.#at++] = value >>> 8
    this.#buffer[this.#at++] = value
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return
    const grown = takeBuffer(Math.max(this.#buffer.length * 2, this.#at + bytes))
    this.#buffer.copy(grown, 0, 0, this.#at)
    giveBuffer(this.#buffer)
    this.#buffer = grown
    this.#view = viewOf(grown)
  }
}

const QUOTE = 0x22
const NOTHING = Buffer.alloc(0)

const viewOf = (buffer: Buffer) => new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)

/** The value of a hex digit; ids were checked by normalize/. */
export const nibble = (code: number): number => (code <= 57 ? code - 48 : (code | 32) - 87)

/** OIDs of `text` and `date` (pg_type.dat). */
const TEXT_OID = 25
const DATE_OID = 1082

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
