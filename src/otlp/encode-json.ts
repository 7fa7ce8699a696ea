import type { Attributes, AttributeValue } from '../model/attributes.ts'
import type { OtlpSpan, Resource, Scope, SpanEvent, SpanLink, TraceRequest } from '../model/otlp.ts'

/**
 * Encodes spans as OTLP/JSON, exactly: what `decodeTraceRequest` reads from it equals what went in (a `defect` and
 * `repairs` apart, which are no part of OTLP). 64-bit integers are decimal strings, NaN, the infinities and −0 are
 * strings, bytes are base64, the empty value is `{}`. Fields at their default are left out.
 */
export function encodeTraceRequestJson(request: TraceRequest): string {
  return JSON.stringify({
    resourceSpans: request.resourceSpans.map(({ resource, scopeSpans }) => ({
      resource: encodeResource(resource),
      scopeSpans: scopeSpans.map(({ scope, spans }) => ({
        scope: encodeScope(scope),
        spans: spans.map(encodeSpan),
        schemaUrl: some(scope.schemaUrl),
      })),
      schemaUrl: some(resource.schemaUrl),
    })),
  })
}

function encodeResource(resource: Resource): object {
  return {
    attributes: encodeAttributes(resource.attributes),
    droppedAttributesCount: some(resource.droppedAttributesCount),
  }
}

function encodeScope(scope: Scope): object {
  return {
    name: some(scope.name),
    version: some(scope.version),
    attributes: encodeAttributes(scope.attributes),
    droppedAttributesCount: some(scope.droppedAttributesCount),
  }
}

function encodeSpan(span: OtlpSpan): object {
  const { statusCode, statusMessage } = span
  return {
    traceId: some(span.traceId),
    spanId: some(span.spanId),
    parentSpanId: some(span.parentSpanId),
    traceState: some(span.traceState),
    flags: some(span.flags),
    name: some(span.name),
    kind: some(span.kind),
    startTimeUnixNano: time(span.startNs),
    endTimeUnixNano: time(span.endNs),
    attributes: encodeAttributes(span.attributes),
    droppedAttributesCount: some(span.droppedAttributesCount),
    events: span.events.length === 0 ? undefined : span.events.map(encodeEvent),
    droppedEventsCount: some(span.droppedEventsCount),
    links: span.links.length === 0 ? undefined : span.links.map(encodeLink),
    droppedLinksCount: some(span.droppedLinksCount),
    status:
      statusCode === 0 && statusMessage === ''
        ? undefined
        : { code: some(statusCode), message: some(statusMessage) },
  }
}

function encodeEvent(event: SpanEvent): object {
  return {
    timeUnixNano: time(event.timeNs),
    name: some(event.name),
    attributes: encodeAttributes(event.attributes),
    droppedAttributesCount: some(event.droppedAttributesCount),
  }
}

function encodeLink(link: SpanLink): object {
  return {
    traceId: some(link.traceId),
    spanId: some(link.spanId),
    traceState: some(link.traceState),
    flags: some(link.flags),
    attributes: encodeAttributes(link.attributes),
    droppedAttributesCount: some(link.droppedAttributesCount),
  }
}

export function encodeAttributes(attributes: Attributes): object[] | undefined {
  return attributes.size === 0 ? undefined : encodeEntries(attributes)
}

function encodeEntries(entries: Attributes): object[] {
  return Array.from(entries, ([key, value]) => ({ key, value: encodeValue(value) }))
}

export function encodeValue(value: AttributeValue): object {
  if (value === null) return {}
  switch (typeof value) {
    case 'string':
      return { stringValue: value }
    case 'boolean':
      return { boolValue: value }
    case 'bigint':
      return { intValue: value.toString() }
    case 'number':
      return { doubleValue: encodeDouble(value) }
  }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(encodeValue) } }
  if (value instanceof Map) return { kvlistValue: { values: encodeEntries(value) } }
  return { bytesValue: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') }
}

function encodeDouble(value: number): number | string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : value
  return String(value)
}

/** undefined for a default, which `JSON.stringify` leaves out. */
export function some<T extends string | number>(value: T): T | undefined {
  return value === '' || value === 0 ? undefined : value
}

export function time(ns: bigint): string | undefined {
  return ns === 0n ? undefined : ns.toString()
}
