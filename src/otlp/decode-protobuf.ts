import type { OtlpSpan, ResourceSpans, ScopeSpans, TraceRequest } from '../model/otlp.ts'
import { type Budget, newBudget, takeSpan } from './budget.ts'
import { emptyResource, emptyScope } from './empty.ts'
import { readSpan } from './protobuf-span.ts'
import { readResource, readScope } from './protobuf-values.ts'
import { addRepairs, type Repairs } from './repairs.ts'
import { LEN, WireReader } from './wire.ts'

/** Instrumentation library spans, before OTLP 0.9: laid out as scope spans are. */
const OLD_LIBRARY_SPANS = 1000

/**
 * Decodes the protobuf bytes of an `ExportTraceServiceRequest`. Envelopes without spans are left out.
 * As protobuf's own parsers do: unknown fields, and known ones of another wire type, are skipped; a scalar that
 * comes twice takes the last value, a message that comes twice is merged.
 * @throws Undecodable for anything that is not a protobuf message, and nothing else
 */
export function decodeTraceProtobuf(body: Buffer): TraceRequest {
  const reader = new WireReader(body)
  const budget = newBudget()
  const resourceSpans: ResourceSpans[] = []
  const end = reader.length
  for (let tag = reader.tag(end); tag !== 0; tag = reader.tag(end)) {
    if (tag !== 0x0a) {
      reader.skip(end)
      continue
    }
    const part = readResourceSpans(reader, reader.lenEnd(end), budget)
    if (part.scopeSpans.length > 0) resourceSpans.push(part)
  }
  return budget.surplus > 0 ? { resourceSpans, surplusSpans: budget.surplus } : { resourceSpans }
}

function readResourceSpans(reader: WireReader, end: number, budget: Budget): ResourceSpans {
  const resource = emptyResource()
  const scopeSpans: ScopeSpans[] = []
  const repairs: Repairs = []
  for (let tag = reader.tag(end); tag !== 0; tag = reader.tag(end)) {
    reader.repairs = repairs
    if (tag === 0x0a) readResource(reader, reader.lenEnd(end), resource)
    else if (tag === 0x1a) resource.schemaUrl = reader.name(end)
    else if (tag === 0x12 || (reader.field === OLD_LIBRARY_SPANS && reader.wireType === LEN)) {
      const part = readScopeSpans(reader, reader.lenEnd(end), budget)
      if (part.spans.length > 0) scopeSpans.push(part)
    } else reader.skip(end)
  }
  if (repairs.length > 0) {
    for (const part of scopeSpans) for (const span of part.spans) addRepairs(span.repairs, repairs)
  }
  return { resource, scopeSpans }
}

function readScopeSpans(reader: WireReader, end: number, budget: Budget): ScopeSpans {
  const scope = emptyScope()
  const spans: OtlpSpan[] = []
  const repairs: Repairs = []
  for (let tag = reader.tag(end); tag !== 0; tag = reader.tag(end)) {
    reader.repairs = repairs
    if (tag === 0x12) {
      const stop = reader.lenEnd(end)
      if (takeSpan(budget)) spans.push(readSpan(reader, stop, budget))
      else reader.pos = stop
    } else if (tag === 0x0a) readScope(reader, reader.lenEnd(end), scope)
    else if (tag === 0x1a) scope.schemaUrl = reader.name(end)
    else reader.skip(end)
  }
  if (repairs.length > 0) for (const span of spans) addRepairs(span.repairs, repairs)
  return { scope, spans }
}
