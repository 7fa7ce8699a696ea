import { limits } from '../../limits.ts'

/** Times a JSON string may hold a JSON string again. */
const MAX_NESTING = 3

/**
 * Parses text that looks like JSON, and again where the result is such a text; anything else comes back as it
 * is. Python's `{'a': 1}` is not JSON and stays text.
 */
export function parseJson(value: unknown): unknown {
  let current = value
  for (let turn = 0; turn < MAX_NESTING && typeof current === 'string'; turn++) {
    if (!looksLikeJson(current) || current.length > limits.maxContentLength) return current
    try {
      current = JSON.parse(current)
    } catch {
      return current
    }
  }
  return current
}

function looksLikeJson(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 0x20 || (code >= 0x09 && code <= 0x0d)) continue
    return code === 0x7b || code === 0x5b || code === 0x22
  }
  return false
}

/** What a sender wrote that turned an object into text: all that it said is lost. */
export function isLost(text: string): boolean {
  return text.startsWith('[object ') && /^\[object \w+\](,\[object \w+\])*$/.test(text)
}

/** A JSON object by type, arrays excluded. */
export type JsonObject = Record<string, unknown>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A non-empty string, else null. */
export function stringOr(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

/** The first of some members that is a non-empty string. */
export function firstString(object: JsonObject, ...keys: readonly string[]): string | null {
  for (const key of keys) {
    const found = Object.hasOwn(object, key) ? stringOr(object[key]) : null
    if (found !== null) return found
  }
  return null
}

/** The first of some own members that is neither absent nor null. */
export function firstValue(object: JsonObject, ...keys: readonly string[]): unknown {
  for (const key of keys) {
    if (Object.hasOwn(object, key) && object[key] !== undefined && object[key] !== null) return object[key]
  }
  return undefined
}
