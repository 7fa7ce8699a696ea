import { Undecodable } from '../errors.ts'
import type { OtlpSpan, ResourceSpans, ScopeSpans, TraceRequest } from '../model/otlp.ts'
import { takeSpan } from './budget.ts'
import { JsonReader, WrongType } from './json-reader.ts'
import { readSpan } from './json-span.ts'
import { parseJsonText } from './json-text.ts'
import { readResource, readScope } from './json-values.ts'
import { addRepairs, type Repairs } from './repairs.ts'

/**
 * Decodes an `ExportTraceServiceRequest` in OTLP/JSON: ids are hex, 64-bit integers are strings or numbers, keys
 * are camelCase (snake_case is accepted), unknown keys are ignored. Envelopes without spans are left out.
 * A field of the wrong JSON type within a span is that span's `defect`.
 * @throws Undecodable when it is not JSON, or an envelope has a field of the wrong type; and nothing else
 */
export function decodeTraceJson(body: Buffer): TraceRequest {
  return readBody(body, (reader, json) => {
    const request = reader.object(json, 'the request')
    const resourceSpans: ResourceSpans[] = []
    for (const item of reader.list(request.resourceSpans ?? request.resource_spans, 'resourceSpans')) {
      const part = readResourceSpans(reader, item)
      if (part.scopeSpans.length > 0) resourceSpans.push(part)
    }
    const { surplus } = reader.budget
    return surplus > 0 ? { resourceSpans, surplusSpans: surplus } : { resourceSpans }
  })
}

/** Parses a body and reads it; what is wrong outside of a span or record is wrong with the body. */
export function readBody<T>(body: Buffer, read: (reader: JsonReader, json: unknown) => T): T {
  const text = parseJsonText(body)
  try {
    return read(new JsonReader(text), text.value)
  } catch (error) {
    if (error instanceof WrongType) throw new Undecodable(error.reason)
    throw error
  }
}

function readResourceSpans(reader: JsonReader, json: unknown): ResourceSpans {
  const from = reader.object(json, 'resourceSpans')
  const repairs: Repairs = []
  reader.repairs = repairs
  const resource = readResource(reader, from.resource, from.schemaUrl ?? from.schema_url)
  const scopeSpans: ScopeSpans[] = []
  const old = from.instrumentationLibrarySpans ?? from.instrumentation_library_spans
  for (const list of [from.scopeSpans ?? from.scope_spans, old]) {
    for (const item of reader.list(list, 'scopeSpans')) {
      const part = readScopeSpans(reader, item, repairs)
      if (part.spans.length > 0) scopeSpans.push(part)
    }
  }
  return { resource, scopeSpans }
}

function readScopeSpans(reader: JsonReader, json: unknown, resourceRepairs: Repairs): ScopeSpans {
  const from = reader.object(json, 'scopeSpans')
  const repairs: Repairs = [...resourceRepairs]
  reader.repairs = repairs
  const library = from.instrumentationLibrary ?? from.instrumentation_library
  const scope = readScope(reader, from.scope ?? library, from.schemaUrl ?? from.schema_url)
  const spans: OtlpSpan[] = []
  for (const item of reader.list(from.spans, 'spans')) {
    if (!takeSpan(reader.budget)) continue
    const span = readSpan(reader, item)
    addRepairs(span.repairs, repairs)
    spans.push(span)
  }
  return { scope, spans }
}
