import { toUSVString } from 'node:util'
import { type Budget, newBudget } from './budget.ts'
import type { JsonText } from './json-text.ts'
import { REPAIR, type Repairs, repair } from './repairs.ts'

const UINT64_MAX = 0xffff_ffff_ffff_ffffn
const UINT32_MAX = 0xffff_ffff
const DIGITS = /^\d{1,20}$/
const HEX = /^(?:[0-9a-fA-F]{2})*$/

/** A JSON object of unknown content. Only ever read by names that `Object.prototype` does not have. */
export type JsonObject = Readonly<Record<string, unknown>>

/**
 * Thrown within a JSON decoder when a field has the wrong JSON type. It costs the span (or record) that it is in;
 * outside of one, the request.
 */
export class WrongType {
  readonly reason: string

  /** @param field the field's name, which is ours and never a sender's */
  constructor(field: string) {
    this.reason = `${field} has the wrong type`
  }
}

/** Reads the scalar fields of OTLP/JSON. null and absent are the default, as in protobuf's JSON. */
export class JsonReader {
  /** Where repairs are noted: the list of the span (or resource, or scope) that is being read. */
  repairs: Repairs = []
  readonly budget: Budget = newBudget()
  readonly #surrogates: boolean
  readonly #badUtf8: boolean

  constructor(text: JsonText) {
    this.#surrogates = text.surrogates
    this.#badUtf8 = text.badUtf8
  }

  object(json: unknown, field: string): JsonObject {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new WrongType(field)
    return json as JsonObject
  }

  /** A message field: absent is a message of defaults. */
  message(json: unknown, field: string): JsonObject {
    return json === undefined || json === null ? {} : this.object(json, field)
  }

  list(json: unknown, field: string): readonly unknown[] {
    if (json === undefined || json === null) return []
    if (!Array.isArray(json)) throw new WrongType(field)
    return json as unknown[]
  }

  text(json: unknown, field: string): string {
    if (typeof json === 'string') return this.wellFormed(json)
    if (json === undefined || json === null) return ''
    throw new WrongType(field)
  }

  /** The string itself, or mended with a repair. */
  wellFormed(text: string): string {
    if (this.#badUtf8 && text.includes('\ufffd')) repair(this.repairs, REPAIR.utf8)
    if (!this.#surrogates) return text
    const wellFormed = toUSVString(text)
    if (wellFormed !== text) repair(this.repairs, REPAIR.surrogate)
    return wellFormed
  }

  /** Unix nanoseconds: a decimal string, or a number. */
  uint64(json: unknown, field: string): bigint {
    if (typeof json === 'string' && DIGITS.test(json)) {
      const value = BigInt(json)
      if (value <= UINT64_MAX) return value
    } else if (json === undefined || json === null) {
      return 0n
    } else if (typeof json === 'number' && Number.isInteger(json) && json >= 0 && json < 2 ** 64) {
      if (!Number.isSafeInteger(json)) repair(this.repairs, REPAIR.intPrecision)
      return BigInt(json)
    }
    throw new WrongType(field)
  }

  uint32(json: unknown, field: string): number {
    if (json === undefined || json === null) return 0
    const value = typeof json === 'string' && DIGITS.test(json) ? Number(json) : json
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= UINT32_MAX)
      return value
    throw new WrongType(field)
  }

  /** An enum: its number, or (leniently) the number as a string or the name without `prefix`. */
  enumeration(json: unknown, field: string, prefix: string, names: readonly string[]): number {
    if (json === undefined || json === null) return 0
    if (typeof json === 'number' && Number.isInteger(json)) return json | 0
    if (typeof json === 'string') {
      if (DIGITS.test(json)) return Number(json) | 0
      const index = names.indexOf(json.startsWith(prefix) ? json.slice(prefix.length) : json)
      if (index !== -1) return index
    }
    throw new WrongType(field)
  }

  /** An id as lower-case hex; undefined when it is not hex (base64 is not guessed). */
  hex(json: unknown, field: string): string | undefined {
    if (json === undefined || json === null) return ''
    if (typeof json !== 'string') throw new WrongType(field)
    return HEX.test(json) ? json.toLowerCase() : undefined
  }
}
