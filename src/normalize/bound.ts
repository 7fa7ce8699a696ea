import { createHash } from 'node:crypto'
import { limits } from '../limits.ts'
import type { Attributes, AttributeValue } from '../model/attributes.ts'
import type { Notices } from './notices.ts'
import { cleanText, cut, isStorableKey } from './text.ts'

const TOO_DEEP = '[nested too deep]'

/**
 * The attributes that are looked at: all, or of too many the first by key (so that the order in which they
 * were sent does not matter).
 */
export function chosen(attributes: Attributes): Iterable<[string, AttributeValue]> {
  if (attributes.size <= limits.maxAttributes && cleanKeys(attributes)) return attributes
  return firstByKey(attributes)
}

/** The first by key, as many as are kept. */
export function firstByKey(attributes: Attributes): [string, AttributeValue][] {
  const entries = [...attributes].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return entries.slice(0, limits.maxAttributes)
}

/** How many attributes `chosen` leaves out. */
export function surplus(attributes: Attributes): number {
  return Math.max(0, attributes.size - limits.maxAttributes)
}

function cleanKeys(attributes: Attributes): boolean {
  for (const key of attributes.keys()) if (!isStorableKey(key)) return false
  return true
}

/** A key that can be stored. Of an overlong one the start and a hash, so that two never become one. */
export function boundKey(key: string, notices: Notices): string {
  if (isStorableKey(key)) return key
  const clean = cleanText(key, notices)
  if (clean.length <= limits.maxKeyLength) return clean
  notices.add('key_truncated')
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 8)
  return `${cut(clean, limits.maxKeyLength - 9)}~${hash}`
}

/** A value as sent, so that it can be stored: clean, texts and bytes of at most `most` units, bounded depth. */
export function boundValue(value: AttributeValue, most: number, notices: Notices, depth = 0): AttributeValue {
  if (typeof value === 'string')
    return notices.clean && value.length <= most ? value : boundText(value, most, notices)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) {
    if (value.byteLength <= most) return value
    notices.add('truncated')
    return value.subarray(0, most)
  }
  if (depth >= limits.maxDepth) {
    notices.add('too_deep')
    return TOO_DEEP
  }
  if (Array.isArray(value)) return boundArray(value, most, notices, depth)
  const map: Attributes = new Map()
  for (const [key, item] of value) {
    map.set(boundKey(key, notices), boundValue(item, most, notices, depth + 1))
  }
  return map
}

/** Vectors are long: a copy is made only when something changes. */
function boundArray(
  values: AttributeValue[],
  most: number,
  notices: Notices,
  depth: number,
): AttributeValue[] {
  let copy: AttributeValue[] | null = null
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as AttributeValue
    const bounded = boundValue(value, most, notices, depth + 1)
    if (bounded !== value && copy === null) copy = values.slice()
    if (copy !== null) copy[index] = bounded
  }
  return copy ?? values
}

export function boundText(text: string, most: number, notices: Notices): string {
  const clean = cleanText(text, notices)
  if (clean.length <= most) return clean
  notices.add('truncated')
  return cut(clean, most)
}

/** Bounded attributes of an event, link, resource or scope, and how many were dropped. */
export function boundAttributes(
  attributes: Attributes,
  most: number,
  notices: Notices,
): { attributes: Attributes; dropped: number } {
  if (attributes.size === 0) return { attributes, dropped: 0 }
  const bounded: Attributes = new Map()
  for (const [key, value] of chosen(attributes)) {
    bounded.set(boundKey(key, notices), boundValue(value, most, notices))
  }
  return { attributes: bounded, dropped: surplus(attributes) }
}
