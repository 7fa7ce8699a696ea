import type { Attributes } from '../../model/attributes.ts'
import type { OtlpSpan, Resource, ResourceSpans, Scope } from '../../model/otlp.ts'
import type { Span } from '../../model/span.ts'
import { isContentEvent } from '../../normalize/content.ts'
import { encodeTraceRequestJson } from '../../otlp/index.ts'
import type { View } from './view.ts'

const OPEN = '{"resourceSpans":['
const CLOSE = ']}'

/** One OTLP/JSON export request in pieces, as this reader may see it: batch by batch, never all of it in memory. */
export async function* exportDocument(batches: AsyncIterable<Span[]>, view: View): AsyncGenerator<string> {
  yield OPEN
  let first = true
  for await (const batch of batches) {
    if (batch.length === 0) continue
    const document = encodeTraceRequestJson({ resourceSpans: grouped(batch, view) })
    yield `${first ? '' : ','}${document.slice(OPEN.length, -CLOSE.length)}`
    first = false
  }
  yield CLOSE
}

/** The spans below their resources and scopes, which are the same objects for the spans of one batch. */
function grouped(spans: readonly Span[], view: View): ResourceSpans[] {
  const resources = new Map<Resource, Map<Scope, OtlpSpan[]>>()
  for (const span of spans) {
    let scopes = resources.get(span.resource)
    if (scopes === undefined) resources.set(span.resource, (scopes = new Map()))
    const group = scopes.get(span.scope)
    if (group === undefined) scopes.set(span.scope, [exported(span, view)])
    else group.push(exported(span, view))
  }
  return Array.from(resources, ([resource, scopes]) => ({
    resource: { ...resource, attributes: view.mask(resource.attributes) },
    scopeSpans: Array.from(scopes, ([scope, members]) => ({
      scope: { ...scope, attributes: view.mask(scope.attributes) },
      spans: members,
    })),
  }))
}

/** A span as OTLP says it: what was sent, without what was redacted and what this reader may not see. */
function exported(span: Span, view: View): OtlpSpan {
  const attributes: Attributes = new Map(span.attributes)
  if (view.content) for (const [key, value] of span.content) attributes.set(key, value)
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? '',
    traceState: view.mask(span.traceState),
    flags: span.flags,
    name: view.mask(span.name),
    kind: span.otelKind,
    startNs: span.startNs,
    endNs: span.endNs ?? 0n,
    attributes: view.mask(attributes),
    droppedAttributesCount: span.droppedAttributesCount,
    events: span.events.map((event) => ({
      ...event,
      name: view.mask(event.name),
      attributes: !view.content && isContentEvent(event) ? new Map() : view.mask(event.attributes),
    })),
    droppedEventsCount: span.droppedEventsCount,
    links: span.links.map((link) => ({
      ...link,
      traceState: view.mask(link.traceState),
      attributes: view.mask(link.attributes),
    })),
    droppedLinksCount: span.droppedLinksCount,
    statusCode: span.statusCode,
    statusMessage: view.mask(span.statusMessage),
    defect: null,
    repairs: [],
  }
}
