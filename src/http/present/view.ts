import type { Attributes } from '../../model/attributes.ts'
import type { SpanEvent } from '../../model/otlp.ts'
import type { Principal } from '../../model/principal.ts'
import type { Span } from '../../model/span.ts'
import { isContentEvent } from '../../normalize/content.ts'
import { withoutFailures } from '../../normalize/error-text.ts'
import { aliasOf, maskValue, type Redactor } from '../../redact/index.ts'
import { type ArtifactView, NO_UPLOADS } from './artifact-view.ts'
import { plainAttributes } from './attributes.ts'
import { rfc3339OrNull } from './time.ts'

/** What one reader sees of a workflow's spans: everything that leaves for a reader goes through here. */
export interface View {
  /** The token has content:read. */
  content: boolean
  /** The token has content:reveal. */
  mayReveal: boolean
  /** Personal data masked, in any JSON value. */
  mask<T>(value: T): T
  /** Stands for an id that would tell too much: the same for the same id. */
  alias(id: string): string
  artifacts: ArtifactView
}

export const viewOf = (
  principal: Principal,
  redactor: Redactor,
  workflowId: string,
  artifacts = NO_UPLOADS,
): View => ({
  content: principal.scopes.has('content:read'),
  mayReveal: principal.scopes.has('content:reveal'),
  mask: (value) => maskValue(value, redactor, workflowId),
  alias: (id) => aliasOf(id, redactor),
  artifacts,
})

/** For an audited reveal: as it was stored. */
export const unmasked: View = {
  content: true,
  mayReveal: true,
  mask: (value) => value,
  alias: (id) => id,
  artifacts: NO_UPLOADS,
}

/** Why content is not in an answer. */
export const HIDDEN = 'Hidden by policy: the token lacks content:read'

/** A span's attributes as this reader may see them: structure, and content where that is allowed. */
export function viewAttributes(
  span: Pick<Span, 'attributes' | 'content'>,
  view: View,
): Record<string, unknown> {
  return view.mask(
    plainAttributes(seenAttributes(span.attributes, view), view.content ? span.content : NOTHING),
  )
}

export const viewMap = (attributes: Attributes, view: View) => view.mask(plainAttributes(attributes))

export function viewEvents(events: readonly SpanEvent[], view: View) {
  return events.map((event) => ({
    name: view.mask(event.name),
    time: rfc3339OrNull(event.timeNs === 0n ? null : event.timeNs),
    attributes: viewMap(seenEvent(event, view), view),
  }))
}

/** Attributes of a span, or a log record, that are no content, as OTLP has them. */
export const seenAttributes = (attributes: Attributes, view: View): Attributes =>
  view.content ? attributes : withoutFailures(attributes)

/** Attributes of an event without what is content. */
export function seenEvent(event: SpanEvent, view: View): Attributes {
  if (view.content) return event.attributes
  return isContentEvent(event) ? NOTHING : withoutFailures(event.attributes, event.name)
}

/** What an error or a status says: it may quote a prompt or a response, so it is content. */
export function viewMessage(text: string | null, view: View): string | null {
  if (text === null || text === '') return null
  return view.content ? view.mask(text) : HIDDEN
}

const NOTHING: Attributes = new Map()
