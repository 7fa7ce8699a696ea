import { limits } from '../../limits.ts'
import type { AttributeValue } from '../../model/attributes.ts'
import { carriedBytes, describeBytes } from './media.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * An attribute value as plain JSON: kvlists become objects without a prototype, int64 a number where exact
 * and else a string, bytes their text where they are UTF-8 and else a description.
 */
export function plain(value: AttributeValue, depth = 0): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'bigint') return exactNumber(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (value instanceof Uint8Array) return bytesText(value)
  if (depth >= limits.maxDepth) return '[nested too deep]'
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1))
  const object: Record<string, unknown> = Object.create(null)
  for (const [key, item] of value) object[key] = plain(item, depth + 1)
  const media = carriedBytes(value)
  if (media !== null) object.content = media
  return object
}

function exactNumber(value: bigint): number | string {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value.toString()
}

/** LangSmith's Python exporter sends its JSON as bytes. */
function bytesText(bytes: Uint8Array): unknown {
  try {
    return decoder.decode(bytes)
  } catch {
    return describeBytes(bytes, null)
  }
}
