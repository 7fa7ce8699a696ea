import type { OtlpSpan, SpanEvent, SpanLink } from '../model/otlp.ts'
import { type Budget, takeEvent } from './budget.ts'
import { emptySpan } from './empty.ts'
import { readKeyValue } from './protobuf-values.ts'
import { REPAIR, repair } from './repairs.ts'
import type { WireReader } from './wire.ts'

/** Reads the Span that ends at `end`. What was mended in it is in its `repairs`. */
export function readSpan(reader: WireReader, end: number, budget: Budget): OtlpSpan {
  const span = emptySpan()
  reader.repairs = span.repairs
  reader.sawNul = false
  budget.lostEvents = 0
  budget.lostLinks = 0
  for (let tag = reader.tag(end); tag !== 0; tag = reader.tag(end)) {
    switch (tag) {
      case 0x0a:
        span.traceId = reader.hex(end)
        break
      case 0x12:
        span.spanId = reader.hex(end)
        break
      case 0x1a:
        span.traceState = reader.name(end)
        break
      case 0x22:
        span.parentSpanId = reader.hex(end)
        break
      case 0x2a:
        span.name = reader.name(end)
        break
      case 0x30:
        span.kind = reader.uint32() | 0
        break
      case 0x39:
        span.startNs = reader.fixed64(end)
        break
      case 0x41:
        span.endNs = reader.fixed64(end)
        break
      case 0x4a:
        readKeyValue(reader, reader.lenEnd(end), span.attributes, 0)
        break
      case 0x50:
        span.droppedAttributesCount = reader.uint32()
        break
      case 0x5a:
        readEvent(reader, reader.lenEnd(end), span, budget)
        break
      case 0x60:
        span.droppedEventsCount = reader.uint32()
        break
      case 0x6a:
        readLink(reader, reader.lenEnd(end), span, budget)
        break
      case 0x70:
        span.droppedLinksCount = reader.uint32()
        break
      case 0x7a:
        readStatus(reader, reader.lenEnd(end), span)
        break
      case 0x85: // field 16, fixed32
        span.flags = reader.fixed32(end)
        break
      default:
        reader.skip(end)
    }
  }
  span.droppedEventsCount += budget.lostEvents
  span.droppedLinksCount += budget.lostLinks
  // what was read as UTF-8 is well-formed
  span.clean = !reader.sawNul
  return span
}

function readEvent(reader: WireReader, end: number, span: OtlpSpan, budget: Budget): void {
  if (!takeEvent(budget)) {
    reader.pos = end
    budget.lostEvents++
    repair(span.repairs, REPAIR.tooManyEvents)
    return
  }
  const event: SpanEvent = { timeNs: 0n, name: '', attributes: new Map(), droppedAttributesCount: 0 }
  for (let tag = reader.tag(end); tag !== 0; tag = reader.tag(end)) {
    switch (tag) {
      case 0x09:
        event.timeNs = reader.fixed64(end)
        break
      case 0x12:
        event.name = reader.name(end)
        break
      case 0x1a:
        readKeyValue(reader, reader.lenEnd(end), event.attributes, 0)
        break
      case 0x20:
        event.droppedAttributesCount = reader.uint32()
        break
      default:
        reader.skip(end)
    }
  }
  span.events.push(event)
}

function readLink(reader: WireReader, end: number, span: OtlpSpan, budget: Budget): void {
  if (!takeEvent(budget)) {
    reader.pos = end
    budget.lostLinks++
    repair(span.repairs, REPAIR.tooManyEvents)
    return
  }
  const link: SpanLink = {
    traceId: '',
    spanId: '',
    traceState: '',
    flags: 0,
    attributes: new Map(),
    droppedAttributesCount: 0,
  }
  for (let tag = reader.tag(end); tag !== 0; tag = reader.tag(end)) {
    switch (tag) {
      case 0x0a:
        link.traceId = reader.hex(end)
        break
      case 0x12:
        link.spanId = reader.hex(end)
        break
      case 0x1a:
        link.traceState = reader.name(end)
        break
      case 0x22:
        readKeyValue(reader, reader.lenEnd(end), link.attributes, 0)
        break
      case 0x28:
        link.droppedAttributesCount = reader.uint32()
        break
      case 0x35:
        link.flags = reader.fixed32(end)
        break
      default:
        reader.skip(end)
    }
  }
  span.links.push(link)
}

/** Into the span itself, so that a status that comes in parts is merged as protobuf says. */
function readStatus(reader: WireReader, end: number, span: OtlpSpan): void {
  for (let tag = reader.tag(end); tag !== 0; tag = reader.tag(end)) {
    switch (tag) {
      case 0x12:
        span.statusMessage = reader.string(end)
        break
      case 0x18:
        span.statusCode = reader.uint32() | 0
        break
      default:
        reader.skip(end)
    }
  }
}
