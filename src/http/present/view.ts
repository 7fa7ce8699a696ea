import type { Attributes } from '../../model/attributes.ts'
import type { SpanEvent } from '../../model/otlp.ts'
import type { Principal } from '../../model/principal.ts'
import type { Span } from '../../model/span.ts'
import { isContentEvent } from '../../normalize/content.ts'
import { maskValue, type Redactor } from '../../redact/index.ts'
import { type ArtifactView, NO_UPLOADS } from './artifact.ts'
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
  artifacts,
})

/** For an audited reveal: as it was stored. */
export const unmasked: View = {
  content: true,
  mayReveal: true,
  mask: (value) => value,
  artifacts: NO_UPLOADS,
}

/** Why content is not in an answer. */
export const HIDDEN = 'hidden by policy: the token lacks content:read'

/** A span's attributes as this reader may see them: structure, and content where that is allowed. */
export function viewAttributes(
  span: Pick<Span, 'attributes' | 'content'>,
  view: View,
): Record<string, unknown> {
  return view.mask(plainAttributes(span.attributes, view.content ? span.content : NOTHING))
}

export const viewMap = (attributes: Attributes, view: View) => view.mask(plainAttributes(attributes))

export function viewEvents(events: readonly SpanEvent[], view: View) {
  return events.map((event) => ({
    name: view.mask(event.name),
    time: rfc3339OrNull(event.timeNs === 0n ? null : event.timeNs),
    attributes: eventAttributes(event, view),
  }))
}

function eventAttributes(event: SpanEvent, view: View): Record<string, unknown> {
  if (view.content) return viewMap(event.attributes, view)
  if (isContentEvent(event)) return {}
  const { attributes } = event
  // What an error says may quote a prompt or a response; of which type it is tells nothing.
  const kept = [...attributes].filter(([key]) => !/^exception\.(message|stacktrace)$/.test(key))
  return viewMap(new Map(kept), view)
}

/** What an error or a status says: it may quote a prompt or a response, so it is content. */
export function viewMessage(text: string | null, view: View): string | null {
  if (text === null || text === '') return null
  return view.content ? view.mask(text) : HIDDEN
}

const NOTHING: Attributes = new Map()
