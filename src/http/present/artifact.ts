import type { ArtifactReference } from '../../model/span.ts'
import type { StoredArtifact, Upload } from '../../store/artifacts.ts'
import type { Artifact } from '../schemas/common.ts'

/** What one reader sees of the artifacts of an execution. */
export interface ArtifactView {
  /** Whose bytes came, by artifact id. */
  uploads: ReadonlyMap<string, Upload>
  /** The token has artifacts:read. */
  mayDownload: boolean
  /** A download id that needs no token for a while; null = ids are not signed for this reader. */
  sign: ((downloadId: string) => string) | null
}

/** For answers that know of no uploads. */
export const NO_UPLOADS: ArtifactView = { uploads: new Map(), mayDownload: false, sign: null }

type Mask = <T>(value: T) => T

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
  view: ArtifactView,
  mask: Mask,
): Artifact[] {
  const own = new Set(references.map((one) => one.id))
  return [
    ...references.map((one) => presentReference(one, spanId, view, mask)),
    ...[...view.uploads.values()]
      .filter((one) => one.spanId === spanId && !own.has(one.artifactId))
      .map((one) => presentUpload(one, view, mask)),
  ]
}

/** The artifacts of an execution, one entry an id: as spans refer to them, in tree order, then uploads without a reference. */
export function presentArtifacts(
  references: Iterable<readonly [spanId: string, list: readonly ArtifactReference[]]>,
  view: ArtifactView,
  mask: Mask,
): Artifact[] {
  const found = new Map<string, Artifact>()
  for (const [spanId, list] of references) {
    for (const one of list)
      if (!found.has(one.id)) found.set(one.id, presentReference(one, spanId, view, mask))
  }
  for (const one of view.uploads.values()) {
    if (!found.has(one.artifactId)) found.set(one.artifactId, presentUpload(one, view, mask))
  }
  return [...found.values()]
}

/** How many uploads name this span beyond those that it refers to itself. */
export function countUnreferenced(spanId: string, { uploads }: ArtifactView): number {
  let count = 0
  if (uploads.size > 0) {
    for (const one of uploads.values()) if (one.spanId === spanId && !one.referenced) count++
  }
  return count
}

/** What a tag of an answer must hold, so that it changes when an upload comes or goes. */
export const artifactVersion = ({ uploads, mayDownload }: ArtifactView) => [
  mayDownload,
  ...Array.from(uploads.values(), (one) => [one.downloadId, one.gone]),
]

function presentReference(one: ArtifactReference, spanId: string, view: ArtifactView, mask: Mask): Artifact {
  const upload = view.uploads.get(one.id)
  if (upload !== undefined) {
    return { ...presentUpload(upload, view, mask), name: mask(upload.name ?? one.name), span_id: spanId }
  }
  return {
    id: one.id,
    name: mask(one.name),
    media_type: one.mediaType,
    size: one.size,
    sha256: one.sha256,
    span_id: spanId,
    download_id: null,
    state: 'reference',
  }
}

/** An upload as this reader may see it. */
export function presentUpload(upload: Upload, view: ArtifactView, mask: Mask): Artifact {
  const stored = presentStored(upload)
  return { ...stored, name: mask(upload.name), download_id: view.mayDownload ? stored.download_id : null }
}
