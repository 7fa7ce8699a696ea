import { limits } from '../limits.ts'
import type { Attributes, AttributeValue } from '../model/attributes.ts'
import type { OtlpSpan } from '../model/otlp.ts'
import { type ArtifactReference, inlineArtifactId } from '../model/span.ts'
import { inlineMediaOf, mayCarryMedia } from './messages/inline-media.ts'
import { firstString, firstValue, isObject, parseJson } from './messages/json.ts'
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

/** The bytes stay in the content as they were sent: an export is exact. Answers describe them instead. */
function inlineArtifacts(span: OtlpSpan): ArtifactReference[] {
  let texts = textsWithMedia(span.attributes, null, 0)
  for (const event of span.events) texts = textsWithMedia(event.attributes, texts, 0)
  if (texts === null) return []
  const found = new Map<string, ArtifactReference>()
  for (const text of texts) {
    for (const { mediaType, size, sha256 } of inlineMediaOf(text)) {
      const id = inlineArtifactId(sha256)
      found.set(id, { id, name: null, mediaType, size, sha256 })
    }
  }
  return [...found.values()]
}

/** Adds the texts that may carry bytes to a list; null = there are none, as in most spans. */
function textsWithMedia(
  values: Attributes | AttributeValue[],
  before: string[] | null,
  depth: number,
): string[] | null {
  let texts = before
  for (const value of values.values()) {
    if (typeof value === 'string') {
      if (!mayCarryMedia(value)) continue
      texts ??= []
      texts.push(value)
    } else if ((Array.isArray(value) || value instanceof Map) && depth < limits.maxDepth) {
      texts = textsWithMedia(value, texts, depth + 1)
    }
  }
  return texts
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
