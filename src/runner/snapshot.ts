import type { ReadableSpan } from '@opentelemetry/sdk-trace-node'

/**
 * A copy of a span that has not ended: the same ids, end 0 (OTLP's word for "still running"). The final span
 * replaces it in the trace service.
 */
export function snapshotOf(span: ReadableSpan): ReadableSpan {
  const context = span.spanContext()
  return {
    name: span.name,
    kind: span.kind,
    spanContext: () => context,
    ...(span.parentSpanContext ? { parentSpanContext: span.parentSpanContext } : {}),
    startTime: span.startTime,
    endTime: [0, 0],
    duration: [0, 0],
    ended: false,
    status: { ...span.status },
    attributes: { ...span.attributes },
    links: [...span.links],
    events: [...span.events],
    resource: span.resource,
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
  }
}

/** Estimated bytes of a span on the wire: exact enough to bound memory and requests. */
export function sizeOf(span: ReadableSpan): number {
  let size = 200 + span.name.length
  for (const key in span.attributes) {
    const value = span.attributes[key]
    size +=
      key.length + (typeof value === 'string' ? value.length : Array.isArray(value) ? listSize(value) : 9)
  }
  for (const event of span.events) {
    size += 20 + event.name.length
    for (const key in event.attributes) size += key.length + String(event.attributes[key]).length
  }
  return size
}

function listSize(values: readonly unknown[]): number {
  let size = 0
  for (const value of values) size += typeof value === 'string' ? value.length + 2 : 9
  return size
}
