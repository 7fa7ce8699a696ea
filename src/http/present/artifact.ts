import { type ArtifactReference, isInlineArtifact } from '../../model/span.ts'
import type { StoredArtifact, Upload } from '../../store/artifacts.ts'
import type { Artifact } from '../schemas/common.ts'
import type { ArtifactView } from './artifact-view.ts'
import type { View } from './view.ts'

/** An artifact as its sender is told of it, as it is stored. */
export function presentStored(artifact: StoredArtifact): Artifact {
  return {
    id: artifact.artifactId,
    name: artifact.name,
    media_type: artifact.mediaType,
    size: artifact.size,
    sha256: artifact.sha256,
    span_id: artifact.spanId,
    download_id: artifact.gone ? null : artifact.downloadId,
    state: artifact.gone ? 'gone' : 'stored',
  }
}

/** The artifacts of one span: what it refers to, with the bytes that came for it, and uploads that name the span. */
export function presentSpanArtifacts(
  references: readonly ArtifactReference[],
  spanId: string,
  view: View,
): Artifact[] {
  return compareSpanArtifacts(references, spanId, view).map((one) => withoutHash(one, view))
}

/** The same with every hash: for comparing, and not for telling. */
export function compareSpanArtifacts(
  references: readonly ArtifactReference[],
  spanId: string,
  view: View,
): Artifact[] {
  const own = new Set(references.map((one) => one.id))
  return [
    ...references.map((one) => presentReference(one, spanId, view)),
    ...[...view.artifacts.uploads.values()]
      .filter((one) => one.spanId === spanId && !own.has(one.artifactId))
      .map((one) => presentUpload(one, view)),
  ]
}

/**
 * An artifact as this reader may be told of it. A hash tells the content to whoever guesses it, and so does an id that
 * is made of it: that of stored bytes is for who may have them, that of what a span says for who may read it, too.
 */
export function withoutHash(one: Artifact, view: View): Artifact {
  const told = view.artifacts.mayDownload || (one.state === 'reference' && view.content)
  if (told || one.sha256 === null) return one
  return { ...one, id: isInlineArtifact(one) ? view.alias(one.id) : one.id, sha256: null }
}

/** The artifacts of an execution, one entry an id: as spans refer to them, in tree order, then uploads without a reference. */
export function presentArtifacts(
  references: Iterable<readonly [spanId: string, list: readonly ArtifactReference[]]>,
  view: View,
): Artifact[] {
  const found = new Map<string, Artifact>()
  for (const [spanId, list] of references) {
    for (const one of list) if (!found.has(one.id)) found.set(one.id, presentReference(one, spanId, view))
  }
  for (const one of view.artifacts.uploads.values()) {
    if (!found.has(one.artifactId)) found.set(one.artifactId, presentUpload(one, view))
  }
  return Array.from(found.values(), (one) => withoutHash(one, view))
}

/** How many uploads name this span beyond those that it refers to itself. */
export function countUnreferenced(spanId: string, { uploads }: ArtifactView): number {
  let count = 0
  if (uploads.size > 0) {
    for (const one of uploads.values()) if (one.spanId === spanId && !one.referenced) count++
  }
  return count
}

/** What a tag of an answer must hold, so that it changes when an upload comes, goes, or is told otherwise. */
export const artifactVersion = ({ uploads, mayDownload }: ArtifactView) => [
  mayDownload,
  ...Array.from(uploads.values(), (one) => [one.downloadId, one.gone, one.name, one.sha256]),
]

function presentReference(one: ArtifactReference, spanId: string, view: View): Artifact {
  const upload = view.artifacts.uploads.get(one.id)
  if (upload !== undefined) {
    return { ...presentUpload(upload, view), name: view.mask(upload.name ?? one.name), span_id: spanId }
  }
  return {
    id: one.id,
    name: view.mask(one.name),
    media_type: one.mediaType,
    size: one.size,
    sha256: one.sha256,
    span_id: spanId,
    download_id: null,
    state: 'reference',
  }
}

/** An upload with its hash: `withoutHash` before it is told. */
export function presentUpload(upload: Upload, { artifacts, mask }: View): Artifact {
  const stored = presentStored(upload)
  return {
    ...stored,
    name: mask(upload.name),
    download_id: artifacts.mayDownload ? stored.download_id : null,
  }
}
