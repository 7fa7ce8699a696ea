import type { Attributes, AttributeValue } from '../../model/attributes.ts'

/** Attributes as ordinary JSON, for readers: int64 beyond 2^53, NaN and bytes become strings. */
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
      if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
      if (value instanceof Map) return plainAttributes(value)
      return value.map(plainValue)
    default:
      return value
  }
}
