import type { OtlpSpan, SpanEvent, SpanLink } from '../model/otlp.ts'
import { takeEvent } from './budget.ts'
import { emptySpan } from './empty.ts'
import { type JsonObject, type JsonReader, WrongType } from './json-reader.ts'
import { readAttributes } from './json-values.ts'
import { REPAIR, repair } from './repairs.ts'

const KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER']
const STATUS_CODES = ['UNSET', 'OK', 'ERROR']

/**
 * Reads one span. A field of the wrong JSON type makes it a span with a `defect`, holding what was read before;
 * a trace or span id that is not hex becomes '', which `normalize` refuses.
 */
export function readSpan(reader: JsonReader, json: unknown): OtlpSpan {
  const span = emptySpan()
  reader.repairs = span.repairs
  try {
    fill(reader, reader.object(json, 'span'), span)
  } catch (error) {
    if (!(error instanceof WrongType)) throw error
    span.defect = error.reason
  }
  return span
}

function fill(reader: JsonReader, from: JsonObject, span: OtlpSpan): void {
  span.traceId = reader.hex(from.traceId ?? from.trace_id, 'traceId') ?? ''
  span.spanId = reader.hex(from.spanId ?? from.span_id, 'spanId') ?? ''
  const parent = reader.hex(from.parentSpanId ?? from.parent_span_id, 'parentSpanId')
  // '' would make it a root, which it is not.
  if (parent === undefined) throw new WrongType('parentSpanId')
  span.parentSpanId = parent
  span.traceState = reader.text(from.traceState ?? from.trace_state, 'traceState')
  span.flags = reader.uint32(from.flags, 'flags')
  span.name = reader.text(from.name, 'name')
  span.kind = reader.enumeration(from.kind, 'kind', 'SPAN_KIND_', KINDS)
  span.startNs = reader.uint64(from.startTimeUnixNano ?? from.start_time_unix_nano, 'startTimeUnixNano')
  span.endNs = reader.uint64(from.endTimeUnixNano ?? from.end_time_unix_nano, 'endTimeUnixNano')
  const status = reader.message(from.status, 'status')
  span.statusCode = reader.enumeration(status.code, 'status code', 'STATUS_CODE_', STATUS_CODES)
  span.statusMessage = reader.text(status.message, 'status message')
  readAttributes(reader, from.attributes, span.attributes, 0)
  span.droppedAttributesCount = droppedAttributes(reader, from)
  span.droppedEventsCount = reader.uint32(
    from.droppedEventsCount ?? from.dropped_events_count,
    'droppedEventsCount',
  )
  span.droppedLinksCount = reader.uint32(
    from.droppedLinksCount ?? from.dropped_links_count,
    'droppedLinksCount',
  )
  for (const event of reader.list(from.events, 'events')) {
    if (takeEvent(reader.budget)) span.events.push(readEvent(reader, event))
    else {
      span.droppedEventsCount++
      repair(span.repairs, REPAIR.tooManyEvents)
    }
  }
  for (const link of reader.list(from.links, 'links')) {
    if (takeEvent(reader.budget)) span.links.push(readLink(reader, link))
    else {
      span.droppedLinksCount++
      repair(span.repairs, REPAIR.tooManyEvents)
    }
  }
}

function readEvent(reader: JsonReader, json: unknown): SpanEvent {
  const from = reader.object(json, 'event')
  const event: SpanEvent = {
    timeNs: reader.uint64(from.timeUnixNano ?? from.time_unix_nano, 'timeUnixNano'),
    name: reader.text(from.name, 'event name'),
    attributes: new Map(),
    droppedAttributesCount: droppedAttributes(reader, from),
  }
  readAttributes(reader, from.attributes, event.attributes, 0)
  return event
}

function readLink(reader: JsonReader, json: unknown): SpanLink {
  const from = reader.object(json, 'link')
  const traceId = reader.hex(from.traceId ?? from.trace_id, 'link traceId')
  const spanId = reader.hex(from.spanId ?? from.span_id, 'link spanId')
  if (traceId === undefined || spanId === undefined) repair(reader.repairs, REPAIR.badLinkId)
  const link: SpanLink = {
    traceId: traceId ?? '',
    spanId: spanId ?? '',
    traceState: reader.text(from.traceState ?? from.trace_state, 'link traceState'),
    flags: reader.uint32(from.flags, 'link flags'),
    attributes: new Map(),
    droppedAttributesCount: droppedAttributes(reader, from),
  }
  readAttributes(reader, from.attributes, link.attributes, 0)
  return link
}

function droppedAttributes(reader: JsonReader, from: JsonObject): number {
  return reader.uint32(from.droppedAttributesCount ?? from.dropped_attributes_count, 'droppedAttributesCount')
}
