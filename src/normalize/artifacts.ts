import type { AttributeValue } from '../model/attributes.ts'
import type { ArtifactReference } from '../model/span.ts'
import { firstString, firstValue, isObject, parseJson } from './messages/json.ts'
import { plain } from './messages/plain.ts'
import type { Reading } from './reading.ts'

/** References that one span may carry; more are dropped. */
const MOST = 256

/** What the span says it produced: a list with descriptions, and bare ids. One entry per id. */
export function artifactsOf(reading: Reading): ArtifactReference[] {
  const list = reading.value('artifactList') as AttributeValue
  const ids = reading.value('artifactIds') as string[] | null
  if (list === null && ids === null) return []
  const found = new Map<string, ArtifactReference>()
  const described = parseJson(plain(list))
  for (const item of Array.isArray(described) ? described : []) {
    const reference = referenceOf(item)
    if (reference !== null && !found.has(reference.id)) found.set(reference.id, reference)
  }
  for (const id of ids ?? []) {
    if (!found.has(id)) found.set(id, { id, name: null, mediaType: null, size: null, sha256: null })
  }
  return [...found.values()].slice(0, MOST)
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
