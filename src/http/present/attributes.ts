import type { Attributes, AttributeValue } from '../../model/attributes.ts'
import { describeInline } from '../../normalize/messages/inline-media.ts'
import { plain } from '../../normalize/messages/plain.ts'

/** Bytes that are shown as base64; more are described. */
const SHOWN_BYTES = 64

/**
 * Attributes as ordinary JSON, for readers: int64 beyond 2^53, NaN and bytes become strings. Media that texts carry
 * are described, never shown.
 */
export function plainAttributes(...parts: Attributes[]): Record<string, unknown> {
  // no prototype, and own properties only: keys are chosen by strangers
  const plain: Record<string, unknown> = Object.create(null)
  for (const part of parts) for (const [key, value] of part) plain[key] = plainValue(value)
  return plain
}

export function plainValue(value: AttributeValue): unknown {
  switch (typeof value) {
    case 'bigint': {
      const number = Number(value)
      return Number.isSafeInteger(number) ? number : value.toString()
    }
    case 'number':
      return Number.isFinite(value) ? value : String(value)
    case 'object':
      if (value === null) return null
      if (value instanceof Uint8Array) return plainBytes(value)
      if (value instanceof Map) return plainAttributes(value)
      return value.map(plainValue)
    case 'string':
      return describeInline(value)
    default:
      return value
  }
}

function plainBytes(bytes: Uint8Array): unknown {
  const text = plain(bytes)
  if (typeof text === 'string') return describeInline(text)
  return bytes.byteLength <= SHOWN_BYTES ? Buffer.from(bytes).toString('base64') : text
}
