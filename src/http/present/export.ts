import type { Attributes } from '../../model/attributes.ts'
import type { SpanLog } from '../../model/log.ts'
import type { OtlpSpan, Resource, ResourceSpans, Scope } from '../../model/otlp.ts'
import type { Span } from '../../model/span.ts'
import { encodeResourceLogsJson, encodeTraceRequestJson } from '../../otlp/index.ts'
import type { SpanId } from '../../store/load-spans.ts'
import { seenAttributes, seenEvent, type View } from './view.ts'

const OPEN = '{"resourceSpans":['
const CLOSE = ']}'

/** Loads whole spans in the order of their ids, in batches that fit into memory. */
type Load = (ids: readonly SpanId[]) => AsyncIterable<Span[]>

/**
 * One OTLP/JSON export request in pieces, as this reader may see it: batch by batch, never all of it in memory. Log
 * records of the spans, where there are any, follow as `resourceLogs`: the whole document is a request to either door,
 * which reads its own part.
 */
export async function* exportDocument(
  load: Load,
  ids: readonly SpanId[],
  view: View,
): AsyncGenerator<string> {
  yield OPEN
  let first = true
  const logged: SpanId[] = []
  for await (const batch of load(ids)) {
    if (batch.length === 0) continue
    const document = encodeTraceRequestJson({ resourceSpans: grouped(batch, view) })
    yield `${first ? '' : ','}${document.slice(OPEN.length, -CLOSE.length)}`
    first = false
    for (const { traceId, spanId, logs } of batch) if (logs !== undefined) logged.push({ traceId, spanId })
  }
  if (logged.length > 0) {
    yield '],"resourceLogs":['
    first = true
    for await (const batch of load(logged)) {
      const logs = batch.flatMap((span) => span.logs ?? []).flatMap((log) => exportedLog(log, view))
      if (logs.length === 0) continue
      yield `${first ? '' : ','}${encodeResourceLogsJson(logs)}`
      first = false
    }
  }
  yield CLOSE
}

/** Records are content, but for the type of an exception. */
function exportedLog(log: SpanLog, view: View): SpanLog[] {
  if (view.content) return [{ ...log, body: view.mask(log.body), attributes: view.mask(log.attributes) }]
  const exception = [...log.attributes].filter(([key]) => key.startsWith('exception.'))
  if (exception.length === 0) return []
  return [{ ...log, body: null, attributes: view.mask(seenAttributes(new Map(exception), view)) }]
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
  const attributes: Attributes = new Map(seenAttributes(span.attributes, view))
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
      attributes: view.mask(seenEvent(event, view)),
    })),
    droppedEventsCount: span.droppedEventsCount,
    links: span.links.map((link) => ({
      ...link,
      traceState: view.mask(link.traceState),
      attributes: view.mask(link.attributes),
    })),
    droppedLinksCount: span.droppedLinksCount,
    statusCode: span.statusCode,
    statusMessage: view.content ? view.mask(span.statusMessage) : '',
    defect: null,
    clean: false,
    repairs: [],
  }
}
