import { isUtf8 } from 'node:buffer'
import { Undecodable } from '../errors.ts'
import { InternedStrings } from './interned-strings.ts'
import { REPAIR, type Repairs, repair } from './repairs.ts'

/** Protobuf wire types that occur in OTLP; 3 and 4 (groups) are refused. */
export const VARINT = 0
export const FIXED64 = 1
export const LEN = 2
export const FIXED32 = 5

/** Some of Node's own methods that its types leave out: they skip the argument handling of `toString`. */
interface SliceableBuffer extends Buffer {
  utf8Slice(start: number, end: number): string
  hexSlice(start: number, end: number): string
  latin1Slice(start: number, end: number): string
}

/** Strings up to this many bytes are looked up among those seen before: attribute keys and names repeat. */
const INTERNED_BYTES = 64
/** Bytes up to which a loop costs less than a call out of the engine. */
const SHORT = 32
const interned = new InternedStrings(2048)
const NO_REPAIRS: Repairs = []

/**
 * Reads protobuf's wire format from one buffer. Every length is checked against the end of the enclosing message
 * before anything is read or allocated, so that a lying length is an `Undecodable` and costs nothing.
 * Nothing that is returned refers to the buffer: strings and bytes are copies.
 */
export class WireReader {
  /** The next byte to read. */
  pos = 0
  /** Where repairs are noted: the list of the span (or resource, or scope) that is being read. */
  repairs: Repairs = NO_REPAIRS
  /** Set when a text that was read holds U+0000. */
  sawNul = false
  /** The field number and wire type of the last tag. */
  field = 0
  wireType = 0
  readonly length: number
  /** There is no zero byte from `#nulFrom` on before `#nulAt`, where one is, or the end. */
  #nulFrom = 0
  #nulAt = -1
  readonly #bytes: SliceableBuffer
  readonly #view: DataView

  constructor(bytes: Buffer) {
    this.#bytes = bytes as SliceableBuffer
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.length = bytes.length
  }

  /**
   * Reads the next tag of the message that ends at `end` into `field` and `wireType`.
   * @returns the tag (`field << 3 | wireType`), to be switched on; 0 when the message is over
   */
  tag(end: number): number {
    const pos = this.pos
    if (pos >= end) {
      if (pos > end) throw truncated()
      return 0
    }
    const first = this.#bytes[pos] as number
    let tag = first
    if (first < 0x80) this.pos = pos + 1
    else tag = this.#longTag()
    this.field = tag >>> 3
    this.wireType = tag & 7
    if (this.field === 0) throw new Undecodable('field number 0')
    return tag
  }

  #longTag(): number {
    let value = 0
    for (let i = 0; i < 5; i++) {
      const byte = this.#bytes[this.pos++]
      if (byte === undefined) throw truncated()
      if (i === 4 && byte > 0x0f) break
      value = (value | ((byte & 0x7f) << (7 * i))) >>> 0
      if (byte < 0x80) return value
    }
    throw new Undecodable('a tag of more than 32 bits')
  }

  /** Skips the field whose tag was just read: one we do not know, or one of another wire type than ours. */
  skip(end: number): void {
    switch (this.wireType) {
      case VARINT:
        this.uint32()
        break
      case FIXED64:
        this.pos += 8
        break
      case LEN:
        this.pos = this.lenEnd(end)
        break
      case FIXED32:
        this.pos += 4
        break
      default:
        throw new Undecodable('a group, or a wire type that does not exist')
    }
    if (this.pos > end) throw truncated()
  }

  /** Reads the length of a string, bytes or message and returns where it ends, which is within `end`. */
  lenEnd(end: number): number {
    const byte = this.#bytes[this.pos]
    let length: number
    if (byte !== undefined && byte < 0x80) {
      this.pos++
      length = byte
    } else {
      length = this.#length()
    }
    const stop = this.pos + length
    if (stop > end) throw truncated()
    return stop
  }

  #length(): number {
    let value = 0
    let scale = 1
    for (let i = 0; i < 10; i++) {
      const byte = this.#bytes[this.pos++]
      if (byte === undefined) throw truncated()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 128
    }
    throw new Undecodable('a varint of more than 10 bytes')
  }

  /** The low 32 bits of a varint, unsigned. */
  uint32(): number {
    let value = 0
    for (let i = 0; i < 10; i++) {
      const byte = this.#bytes[this.pos++]
      if (byte === undefined) throw truncated()
      if (i < 5) value |= (byte & 0x7f) << (7 * i)
      if (byte < 0x80) return value >>> 0
    }
    throw new Undecodable('a varint of more than 10 bytes')
  }

  bool(): boolean {
    let any = 0
    for (let i = 0; i < 10; i++) {
      const byte = this.#bytes[this.pos++]
      if (byte === undefined) throw truncated()
      any |= byte & 0x7f
      if (byte < 0x80) return any !== 0
    }
    throw new Undecodable('a varint of more than 10 bytes')
  }

  /** A varint as a signed 64-bit integer, exact. */
  int64(): bigint {
    let low = 0
    let high = 0
    for (let i = 0; i < 10; i++) {
      const byte = this.#bytes[this.pos++]
      if (byte === undefined) throw truncated()
      const bits = byte & 0x7f
      if (i < 4) low |= bits << (7 * i)
      else if (i === 4) {
        low |= bits << 28
        high = bits >>> 4
      } else high |= bits << (7 * i - 32)
      if (byte < 0x80) {
        if (high >>> 21 === 0) return BigInt((high >>> 0) * 0x1_0000_0000 + (low >>> 0))
        return BigInt.asIntN(64, (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0))
      }
    }
    throw new Undecodable('a varint of more than 10 bytes')
  }

  fixed64(end: number): bigint {
    return this.#view.getBigUint64(this.#advance(8, end), true)
  }

  double(end: number): number {
    return this.#view.getFloat64(this.#advance(8, end), true)
  }

  fixed32(end: number): number {
    return this.#view.getUint32(this.#advance(4, end), true)
  }

  #advance(bytes: number, end: number): number {
    const pos = this.pos
    if (pos + bytes > end) throw truncated()
    this.pos = pos + bytes
    return pos
  }

  /** A string that is not likely to come again: a value. Bad UTF-8 becomes U+FFFD and a repair. */
  string(end: number): string {
    const stop = this.lenEnd(end)
    return this.#text(stop)
  }

  /** A string that is likely to come again: a key, a name. */
  name(end: number): string {
    const stop = this.lenEnd(end)
    const start = this.pos
    if (stop - start > INTERNED_BYTES) return this.#text(stop)
    const known = interned.find(this.#bytes, start, stop)
    if (known !== undefined) {
      this.pos = stop
      return known
    }
    const before = this.repairs.length
    const text = this.#text(stop)
    // what must be mended is found again in every span
    if (this.repairs.length === before && !text.includes('\ufffd') && !text.includes('\0'))
      interned.keep(this.#bytes, start, stop, text)
    return text
  }

  #text(stop: number): string {
    const start = this.pos
    this.pos = stop
    if (start === stop) return ''
    const text = this.#bytes.utf8Slice(start, stop)
    if (text.includes('\ufffd') && !isUtf8(this.#bytes.subarray(start, stop)))
      repair(this.repairs, REPAIR.utf8)
    if (this.#holdsNul(start, stop)) this.sawNul = true
    return text
  }

  /**
   * In the bytes, because a search for it in a text of two-byte units stops at nearly each of them. The search ends where
   * a zero is, which may be far behind the text: that place is remembered, or a body without zeros would be searched to
   * its end for each of its texts.
   */
  #holdsNul(start: number, stop: number): boolean {
    if (stop - start <= SHORT) {
      for (let i = start; i < stop; i++) if (this.#bytes[i] === 0) return true
      return false
    }
    // read again from further ahead
    if (start < this.#nulFrom) return this.#bytes.subarray(start, stop).includes(0)
    if (start > this.#nulAt) {
      const at = this.#bytes.indexOf(0, start)
      this.#nulFrom = start
      this.#nulAt = at === -1 ? this.length : at
    }
    return this.#nulAt < stop
  }

  /** An id as lower-case hex, of whatever length was sent. */
  hex(end: number): string {
    const stop = this.lenEnd(end)
    const text = this.#bytes.hexSlice(this.pos, stop)
    this.pos = stop
    return text
  }

  /** The bytes of a range that was checked before, one character for each. */
  latin1(start: number, stop: number): string {
    return this.#bytes.latin1Slice(start, stop)
  }

  bytes(end: number): Uint8Array {
    const stop = this.lenEnd(end)
    const copy = new Uint8Array(this.#bytes.subarray(this.pos, stop))
    this.pos = stop
    return copy
  }
}

function truncated(): Error {
  return new Undecodable('a field ends after its message does')
}
