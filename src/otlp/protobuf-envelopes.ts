import type { Resource, Scope } from '../model/otlp.ts'
import { type Budget, takeSpan } from './budget.ts'
import { emptyResource, emptyScope } from './empty.ts'
import { readResource, readScope } from './protobuf-values.ts'
import { addRepairs, type Repairs } from './repairs.ts'
import { SharedRecords } from './shared-records.ts'
import { LEN, type WireReader } from './wire.ts'

/** Spans of one resource and scope. */
export interface Envelope {
  resource: Resource
  scope: Scope
  /** Where the spans begin and end in the body, one after the other: two numbers each. */
  places: number[]
  /** What was mended in the resource and the scope: told of each of their spans. */
  repairs: Repairs
  /** All envelopes of its ResourceSpans. */
  siblings: readonly Envelope[]
}

/** Instrumentation library spans, before OTLP 0.9: laid out as scope spans are. */
const OLD_LIBRARY_SPANS = 1000

const resources = new SharedRecords<Resource>()
const scopes = new SharedRecords<Scope>()

/**
 * Reads everything of an `ExportTraceServiceRequest` but its spans, whose places are noted: a resource may come after
 * its spans. Envelopes without spans are left out; spans beyond the budget are counted.
 * @throws Undecodable when what stands around the spans is no protobuf message
 */
export function readEnvelopes(reader: WireReader, budget: Budget): Envelope[] {
  const envelopes: Envelope[] = []
  const end = reader.length
  for (let tag = reader.tag(end); tag !== 0; tag = reader.tag(end)) {
    if (tag === 0x0a) readResourceSpans(reader, reader.lenEnd(end), budget, envelopes)
    else reader.skip(end)
  }
  return envelopes
}

function readResourceSpans(reader: WireReader, end: number, budget: Budget, into: Envelope[]): void {
  const own: Envelope[] = []
  const places: number[] = []
  const repairs: Repairs = []
  let schemaUrl = ''
  for (let tag = reader.tag(end); tag !== 0; tag = reader.tag(end)) {
    reader.repairs = repairs
    if (tag === 0x0a) notePlace(reader, end, places)
    else if (tag === 0x1a) schemaUrl = reader.name(end)
    else if (tag === 0x12 || (reader.field === OLD_LIBRARY_SPANS && reader.wireType === LEN)) {
      const envelope = readScopeSpans(reader, reader.lenEnd(end), budget)
      if (envelope.places.length > 0) own.push(envelope)
    } else reader.skip(end)
  }
  reader.repairs = repairs
  const resource = readShared(reader, places, schemaUrl, resources, NO_RESOURCE, emptyResource, readResource)
  for (const envelope of own) {
    envelope.resource = resource
    envelope.siblings = own
    addRepairs(envelope.repairs, repairs)
    into.push(envelope)
  }
}

function readScopeSpans(reader: WireReader, end: number, budget: Budget): Envelope {
  const spans: number[] = []
  const places: number[] = []
  const repairs: Repairs = []
  let schemaUrl = ''
  for (let tag = reader.tag(end); tag !== 0; tag = reader.tag(end)) {
    reader.repairs = repairs
    if (tag === 0x12) {
      if (takeSpan(budget)) notePlace(reader, end, spans)
      else reader.pos = reader.lenEnd(end)
    } else if (tag === 0x0a) notePlace(reader, end, places)
    else if (tag === 0x1a) schemaUrl = reader.name(end)
    else reader.skip(end)
  }
  reader.repairs = repairs
  const scope = readShared(reader, places, schemaUrl, scopes, NO_SCOPE, emptyScope, readScope)
  return { resource: NO_RESOURCE, scope, places: spans, repairs, siblings: [] }
}

const NO_RESOURCE = emptyResource()
const NO_SCOPE = emptyScope()

/** Notes where a message begins and ends, and steps over it. */
function notePlace(reader: WireReader, end: number, places: number[]): void {
  const stop = reader.lenEnd(end)
  places.push(reader.pos, stop)
  reader.pos = stop
}

/** Reads a resource or scope, of whatever parts it came in; the same object as before for the same bytes. */
function readShared<T extends Resource | Scope>(
  reader: WireReader,
  places: readonly number[],
  schemaUrl: string,
  known: SharedRecords<T>,
  none: T,
  empty: () => T,
  read: (reader: WireReader, end: number, into: T) => void,
): T {
  if (places.length === 0 && schemaUrl === '') return none
  const [start = 0, stop = 0] = places
  const key =
    places.length <= 2 && known.fits(stop - start) ? `${schemaUrl}\0${reader.latin1(start, stop)}` : null
  const before = key === null ? undefined : known.get(key)
  if (before !== undefined) return before
  const record = empty()
  record.schemaUrl = schemaUrl
  const { pos, repairs } = reader
  const mended = repairs.length
  for (let i = 0; i < places.length; i += 2) {
    reader.pos = places[i] as number
    read(reader, places[i + 1] as number, record)
  }
  reader.pos = pos
  // what was mended is told with every request
  if (key !== null && repairs.length === mended) known.set(key, record)
  return record
}
