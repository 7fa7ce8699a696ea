import { limits } from '../limits.ts'
import type { Attributes, AttributeValue } from '../model/attributes.ts'
import type { OtlpSpan, Scope } from '../model/otlp.ts'
import { boundKey, boundValue, firstByKey, surplus } from './bound.ts'
import type { JsonRule, Verdict } from './compile.ts'
import { families } from './families/index.ts'
import { isObject, parseJson } from './messages/json.ts'
import { plain } from './messages/plain.ts'
import type { Notices } from './notices.ts'
import { Reading } from './reading.ts'
import { table } from './table.ts'

/** JSON attributes longer than this (UTF-16 units) are not opened for the fields inside. */
const LONGEST_JSON = 256 * 1024

/** Values of unknown keys longer than this (UTF-16 units, all texts together) are taken for content. */
const LONG_VALUE = 1000

/** A span's attributes, read and divided. */
export interface ReadAttributes {
  reading: Reading
  structure: Attributes
  content: Attributes
  /** Attributes beyond the limit. */
  dropped: number
}

/** Reads attributes in one pass: what they say, and what is structure and what content. */
export function readAttributes(attributes: Attributes, notices: Notices): ReadAttributes {
  const reading = new Reading()
  const plain = isPlain(attributes)
  const entries = plain ? attributes : firstByKey(attributes)
  // most spans hold structure alone, and nothing that must be mended: then they keep the map that was sent
  let structure: Attributes | null = null
  let content: Attributes | null = null
  let unchanged = 0
  for (const [key, value] of entries) {
    const verdict = table.verdict(key)
    if (verdict.families !== 0 && value !== null) feed(reading, verdict, value)
    const isContent = holdsContent(verdict, value)
    const most = isContent ? limits.maxContentLength : limits.maxValueLength
    const bounded =
      typeof value === 'object' || typeof value === 'string' ? boundValue(value, most, notices) : value
    if (structure === null) {
      if (plain && !isContent && bounded === value) {
        unchanged++
        continue
      }
      structure = firstOf(attributes, unchanged)
    }
    const into = isContent ? (content ??= new Map()) : structure
    into.set(plain ? key : boundKey(key, notices), bounded)
  }
  return {
    reading,
    structure: structure ?? attributes,
    content: content ?? new Map(),
    dropped: surplus(attributes),
  }
}

/** True when all attributes are kept, under the keys that were sent. */
function isPlain(attributes: Attributes): boolean {
  if (attributes.size > limits.maxAttributes) return false
  for (const key of attributes.keys()) if (!table.verdict(key).storable) return false
  return true
}

function firstOf(attributes: Attributes, count: number): Attributes {
  const first: Attributes = new Map()
  if (count === 0) return first
  for (const [key, value] of attributes) {
    first.set(key, value)
    if (first.size === count) break
  }
  return first
}

/** Lets the span's name, its scope and then each family that was seen have their say. */
export function interpret(reading: Reading, span: OtlpSpan, scope: Scope, resource: Reading): void {
  const name = table.spanName(span.name)
  if (name !== undefined) {
    reading.families |= name.families
    for (const { place, rank, value } of name.values) reading.offer(place, rank, value)
  }
  reading.families |= table.scopeFamilies(scope.name)
  for (let index = 0, rest = reading.families; rest !== 0; index++, rest >>>= 1) {
    if ((rest & 1) === 1) families[index]?.interpret?.(reading, span, resource)
  }
}

function feed(reading: Reading, verdict: Verdict, value: AttributeValue): void {
  reading.families |= verdict.families
  for (const rule of verdict.rules) {
    if (!reading.wants(rule.place, rule.rank)) continue
    const found = rule.read(value)
    if (found !== null) reading.offer(rule.place, rule.rank, found)
  }
  if (verdict.json.length > 0) readJson(value, verdict.json, reading)
}

function readJson(value: AttributeValue, rules: readonly JsonRule[], reading: Reading): void {
  if (typeof value === 'string' && value.length > LONGEST_JSON) return
  const whole = parseJson(plain(value))
  if (!isObject(whole)) return
  for (const { place, rank, read, path } of rules) {
    if (!reading.wants(place, rank)) continue
    const inner = member(whole, path)
    const found = inner === undefined ? null : read(inner as AttributeValue)
    if (found !== null) reading.offer(place, rank, found)
  }
}

function member(whole: unknown, path: readonly string[]): unknown {
  let current = whole
  for (const name of path) {
    if (!isObject(current) || !Object.hasOwn(current, name)) return undefined
    current = current[name]
  }
  return current
}

function holdsContent(verdict: Verdict, value: AttributeValue): boolean {
  if (verdict.holds !== 'unknown') return verdict.holds === 'content'
  return typeof value === 'string' ? value.length > LONG_VALUE : weight(value, 0) > LONG_VALUE
}

/** UTF-16 units and bytes of all texts inside a value; stops soon after `LONG_VALUE`. */
function weight(value: AttributeValue, sum: number, depth = 0): number {
  if (typeof value === 'string') return sum + value.length
  if (typeof value !== 'object' || value === null || depth > limits.maxDepth) return sum
  if (value instanceof Uint8Array) return sum + value.byteLength
  let total = sum
  for (const item of Array.isArray(value) ? value : value.values()) {
    if (total > LONG_VALUE) break
    total = weight(item, total, depth + 1)
  }
  return total
}
