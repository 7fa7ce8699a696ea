import { createHash } from 'node:crypto'
import { keys } from './keys.ts'
import type { Tracing } from './tracing.ts'
import { toJson } from './value.ts'

/** Something that a span produced: a reference, or the bytes themselves. */
export interface ArtifactInput {
  /** Unique in its execution. */
  id: string
  name?: string
  mediaType?: string
  /** Uploaded in the background when given. */
  bytes?: Uint8Array | string
  /** Bytes, of a reference. */
  size?: number
  /** Lower-case hex, of a reference. */
  sha256?: string
}

/** The span that the artifacts belong to. */
interface ArtifactOwner {
  readonly spanId: string
  set(attributes: Record<string, string>): unknown
}

/** The artifacts of one span: its attribute grows, the bytes go to the uploads. */
export class ArtifactList {
  readonly #span: ArtifactOwner
  readonly #tracing: Tracing
  readonly #references: object[] = []

  constructor(span: ArtifactOwner, tracing: Tracing) {
    this.#span = span
    this.#tracing = tracing
  }

  add(artifact: ArtifactInput): void {
    // a copy: the workflow may go on using its buffer
    const bytes = artifact.bytes === undefined ? null : Buffer.from(artifact.bytes)
    const sha256 = bytes ? createHash('sha256').update(bytes).digest('hex') : artifact.sha256
    this.#references.push({
      id: artifact.id,
      name: artifact.name ?? null,
      media_type: artifact.mediaType ?? null,
      size: bytes?.length ?? artifact.size ?? null,
      sha256: sha256 ?? null,
    })
    this.#span.set({ [keys.artifacts]: toJson(this.#references) ?? '[]' })
    const identity = this.#tracing.identityOf(this.#span)
    if (!bytes || !sha256 || !identity) return
    this.#tracing.uploads.add({
      executionId: identity.executionId,
      workflowId: identity.workflowId,
      spanId: this.#span.spanId,
      artifactId: artifact.id,
      name: artifact.name ?? artifact.id,
      mediaType: headerSafe(artifact.mediaType),
      sha256,
      bytes,
    })
  }
}

/** A media type as a header field can hold it; what cannot be one says nothing. */
function headerSafe(mediaType: string | undefined): string {
  return mediaType !== undefined && /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(;[ -~]*)?$/.test(mediaType)
    ? mediaType
    : 'application/octet-stream'
}
