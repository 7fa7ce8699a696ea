import { limits } from '../limits.ts'
import type { Attributes, AttributeValue } from '../model/attributes.ts'
import type { SpanLog } from '../model/log.ts'
import type { OtlpSpan } from '../model/otlp.ts'
import { type ArtifactReference, inlineArtifactId } from '../model/span.ts'
import { type InlineMedia, inlineMediaOf, mayCarryMedia } from './messages/inline-media.ts'
import { firstString, firstValue, isObject, parseJson } from './messages/json.ts'
import { carriedBytes } from './messages/media.ts'
import { plain } from './messages/plain.ts'
import type { Reading } from './reading.ts'

/** References that one span may carry; more are dropped. */
const MOST = 256

/**
 * What the span says it produced: a list with descriptions, and bare ids; and the bytes that its content carries as
 * base64, under an id made of their hash. One entry per id.
 */
export function artifactsOf(reading: Reading, span: OtlpSpan): ArtifactReference[] {
  const list = reading.value('artifactList') as AttributeValue
  const ids = reading.value('artifactIds') as string[] | null
  const inline = inlineArtifacts(span)
  if (list === null && ids === null) return inline.slice(0, MOST)
  const found = new Map<string, ArtifactReference>()
  const described = parseJson(plain(list))
  for (const item of Array.isArray(described) ? described : []) {
    const reference = referenceOf(item)
    if (reference !== null && !found.has(reference.id)) found.set(reference.id, reference)
  }
  for (const id of ids ?? []) {
    if (!found.has(id)) found.set(id, { id, name: null, mediaType: null, size: null, sha256: null })
  }
  for (const artifact of inline) if (!found.has(artifact.id)) found.set(artifact.id, artifact)
  return [...found.values()].slice(0, MOST)
}

/** What the log records of a span carry: they are read with it, and may come before it. */
export function artifactsOfLogs(logs: readonly Pick<SpanLog, 'attributes' | 'body'>[]): ArtifactReference[] {
  let carriers: Carrier[] | null = null
  for (const { attributes, body } of logs) {
    carriers = carriersOf([body], carriersOf(attributes, carriers, 0), 0)
  }
  return described(carriers)
}

/** The bytes stay in the content as they were sent: an export is exact. Answers describe them instead. */
function inlineArtifacts(span: OtlpSpan): ArtifactReference[] {
  let carriers = carriersOf(span.attributes, null, 0)
  for (const event of span.events) carriers = carriersOf(event.attributes, carriers, 0)
  return described(carriers)
}

function described(carriers: readonly Carrier[] | null): ArtifactReference[] {
  if (carriers === null) return []
  const found = new Map<string, ArtifactReference>()
  for (const { mediaType, size, sha256 } of carriers.flatMap(carriedBy)) {
    const id = inlineArtifactId(sha256)
    found.set(id, { id, name: null, mediaType, size, sha256 })
  }
  return [...found.values()]
}

/** A text with base64 in it, or a part that holds bytes. */
type Carrier = string | Attributes

function carriedBy(carrier: Carrier): InlineMedia[] {
  if (typeof carrier === 'string') return inlineMediaOf(carrier)
  const media = carriedBytes(carrier)
  if (media === null || media.size === null || media.sha256 === null) return []
  return [{ mediaType: media.media_type, size: media.size, sha256: media.sha256 }]
}

/** Adds what may carry bytes to a list; null = there is nothing, as in most spans. */
function carriersOf(
  values: Attributes | AttributeValue[],
  before: Carrier[] | null,
  depth: number,
): Carrier[] | null {
  let carriers = before
  for (const value of values.values()) {
    if (typeof value === 'string') {
      if (!mayCarryMedia(value)) continue
      carriers ??= []
      carriers.push(value)
    } else if ((Array.isArray(value) || value instanceof Map) && depth < limits.maxDepth) {
      if (value instanceof Map && value.get('content') instanceof Uint8Array) (carriers ??= []).push(value)
      carriers = carriersOf(value, carriers, depth + 1)
    }
  }
  return carriers
}

function referenceOf(item: unknown): ArtifactReference | null {
  if (!isObject(item)) return null
  const id = firstString(item, 'id')
  if (id === null) return null
  const size = firstValue(item, 'size')
  const sha256 = firstString(item, 'sha256')?.toLowerCase() ?? null
  return {
    id,
    name: firstString(item, 'name'),
    mediaType: firstString(item, 'media_type', 'mediaType'),
    size: typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : null,
    sha256: sha256 !== null && /^[0-9a-f]{64}$/.test(sha256) ? sha256 : null,
  }
}
