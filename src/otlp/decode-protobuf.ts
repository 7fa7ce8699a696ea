import type { OtlpSpan, ResourceSpans, TraceRequest } from '../model/otlp.ts'
import { newBudget } from './budget.ts'
import { type Envelope, readEnvelopes } from './protobuf-envelopes.ts'
import { readSpan } from './protobuf-span.ts'
import { addRepairs } from './repairs.ts'
import { WireReader } from './wire.ts'

/**
 * Decodes the protobuf bytes of an `ExportTraceServiceRequest`. Envelopes without spans are left out.
 * As protobuf's own parsers do: unknown fields, and known ones of another wire type, are skipped; a scalar that
 * comes twice takes the last value, a message that comes twice is merged.
 * @throws Undecodable for anything that is not a protobuf message, and nothing else
 */
export function decodeTraceProtobuf(body: Buffer): TraceRequest {
  const whole: TraceRequest = { resourceSpans: [] }
  for (const part of decodeTraceProtobufParts(body, Number.POSITIVE_INFINITY)) {
    whole.resourceSpans.push(...part.resourceSpans)
    if (part.surplusSpans !== undefined) whole.surplusSpans = part.surplusSpans
  }
  return whole
}

/**
 * The same in parts of at most `most` spans, in order, each decoded when it is asked for: what was made of one part
 * may be garbage before the next one is made. Resources and scopes are the same objects in every part, and those that
 * many requests carry are the same in all of them: they are not to be changed. The surplus is told by the first part.
 * Of a body that is not whole, some parts may come before `Undecodable` is thrown.
 */
export function* decodeTraceProtobufParts(body: Buffer, most: number): Generator<TraceRequest> {
  const budget = newBudget()
  const envelopes = readEnvelopes(new WireReader(body), budget)
  // one of its own, as it begins again at the start
  const reader = new WireReader(body)
  let part: TraceRequest =
    budget.surplus > 0 ? { resourceSpans: [], surplusSpans: budget.surplus } : { resourceSpans: [] }
  let room = most
  let last: ResourceSpans | null = null
  let siblings: readonly Envelope[] | null = null
  for (const envelope of envelopes) {
    const { resource, scope, places } = envelope
    for (let from = 0; from < places.length; ) {
      const to = Math.min(places.length, from + room * 2)
      const spans: OtlpSpan[] = []
      for (let i = from; i < to; i += 2) spans.push(spanAt(i, envelope))
      if (last === null || siblings !== envelope.siblings) {
        last = { resource, scopeSpans: [] }
        siblings = envelope.siblings
        part.resourceSpans.push(last)
      }
      last.scopeSpans.push({ scope, spans })
      room -= (to - from) / 2
      from = to
      if (room > 0) continue
      yield part
      part = { resourceSpans: [] }
      last = null
      room = most
    }
  }
  if (part.resourceSpans.length > 0 || part.surplusSpans !== undefined) yield part

  function spanAt(place: number, { places, repairs }: Envelope): OtlpSpan {
    reader.pos = places[place] as number
    const span = readSpan(reader, places[place + 1] as number, budget)
    if (repairs.length > 0) addRepairs(span.repairs, repairs)
    return span
  }
}
