import { inspect } from 'node:util'

/** Text of a value and the media type that says how to read it. */
export interface EncodedValue {
  text: string
  mimeType: 'application/json' | 'text/plain'
}

/**
 * Any value as text: strings as they are, everything else as JSON. Never throws: what JSON cannot say (cycles,
 * bigint, bytes, functions) is described. `maxLength` in UTF-16 units.
 */
export function encodeValue(value: unknown, maxLength: number): EncodedValue {
  if (typeof value === 'string') return { text: cut(value, maxLength), mimeType: 'text/plain' }
  const json = toJson(value)
  if (json === undefined) return { text: cut(described(value), maxLength), mimeType: 'text/plain' }
  if (json.length > maxLength) return { text: cut(json, maxLength), mimeType: 'text/plain' }
  return { text: json, mimeType: 'application/json' }
}

/** JSON of a value, undefined when there is none. */
export function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, describeSpecial)
  } catch {
    return undefined
  }
}

function describeSpecial(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'function') return `[function ${value.name}]`
  if (value instanceof Error) return { name: value.name, message: value.message }
  if (value instanceof Map) return Object.fromEntries(value)
  if (value instanceof Set) return [...value]
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  // Buffer.toJSON ran before this function and left its list of numbers
  if (isBufferJson(value)) return `[${value.data.length} bytes]`
  return value
}

function isBufferJson(value: unknown): value is { type: 'Buffer'; data: number[] } {
  if (typeof value !== 'object' || value === null) return false
  const candidate = value as { type?: unknown; data?: unknown }
  return candidate.type === 'Buffer' && Array.isArray(candidate.data)
}

function described(value: unknown): string {
  try {
    return inspect(value, { depth: 4, maxArrayLength: 100, maxStringLength: 10_000 })
  } catch {
    return `[${typeof value} that cannot be written]`
  }
}

/** Cuts without splitting a surrogate pair, and says so at the end. */
export function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  const last = text.charCodeAt(maxLength - 1)
  const end = last >= 0xd800 && last <= 0xdbff ? maxLength - 1 : maxLength
  return `${text.slice(0, end)}… [${text.length - end} more characters]`
}
