import type { Refusal } from '../model/refusal.ts'
import type { Span } from '../model/span.ts'
import type { Contexts } from './contexts.ts'
import { BatchEncoder, type BatchPlace, type EncodedBatch } from './encode-batch.ts'
import type { Erasures } from './erasures.ts'
import type { Repeats } from './message-parts.ts'
import type { SpanWriter } from './span-writer.ts'
import { orAgain } from './unavailable.ts'
import type { Upkeep } from './upkeep.ts'

/** What became of the spans of a request. */
export interface WriteResult {
  stored: number
  refused: Refusal[]
}

/**
 * The spans of a request, slice by slice, from the start whenever it is called: rows are made anew when something was
 * erased or dropped meanwhile. What it throws, the write rejects with; then nothing is stored.
 */
export type SpanSlices = () => AsyncIterable<readonly Span[]> | Iterable<readonly Span[]>

/** What a write works with. */
export interface WriteParts {
  contexts: Contexts
  erasures: Erasures
  repeats: Repeats
  writer: SpanWriter
  upkeep: Pick<Upkeep, 'days'>
  redactionVersion: number
}

/** Bytes of rows that are sent apart from what comes after them. */
const BATCH_BYTES = 4 * 1024 * 1024

/**
 * Stores the spans of a request. Rows are made of each slice as it comes, so that no more than one slice of spans is
 * held; they are sent once all of them are made. Rejects with `Outdated` when they were made with an old view of
 * erasures or partitions.
 */
export async function writeSpans(
  parts: WriteParts,
  realm: () => Promise<number>,
  slices: SpanSlices,
): Promise<WriteResult> {
  const { erasures } = parts
  const batches: EncodedBatch[] = []
  const refused: Refusal[] = []
  let encoder: BatchEncoder | null = null
  let place: BatchPlace | null = null
  for await (const spans of slices()) {
    if (spans.length === 0) continue
    place ??= placeOf(parts, await realm())
    if (erasures.concern(place.realm, spans)) return writeAdmitted(parts, place.realm, slices)
    encoder ??= new BatchEncoder(place)
    encoder.add(spans)
    if (encoder.byteLength < BATCH_BYTES) continue
    batches.push(encoder.finish())
    encoder = null
  }
  if (encoder !== null) batches.push(encoder.finish())
  return place === null ? { stored: 0, refused } : send(parts, place.realm, batches, refused)
}

/** Something of the request may have been erased: what belongs to it is told by all spans together. */
async function writeAdmitted(parts: WriteParts, realm: number, slices: SpanSlices): Promise<WriteResult> {
  const place = placeOf(parts, realm)
  const spans: Span[] = []
  for await (const slice of slices()) spans.push(...slice)
  const admitted = await orAgain(() => parts.erasures.admit(realm, spans))
  const refused: Refusal[] = []
  if (admitted.length < spans.length)
    refused.push({ reason: 'erased', count: spans.length - admitted.length })
  if (admitted.length === 0) return { stored: 0, refused }
  const encoder = new BatchEncoder(place)
  encoder.add(admitted)
  return send(parts, realm, [encoder.finish()], refused)
}

/** What rows are made with; the transaction says if that is still true. */
function placeOf({ erasures, repeats, upkeep, redactionVersion }: WriteParts, realm: number): BatchPlace {
  const nowMs = Date.now()
  return { realm, repeats, days: upkeep.days, nowMs, redactionVersion, erasuresKnown: erasures.known }
}

async function send(
  { contexts, writer }: WriteParts,
  realm: number,
  batches: readonly EncodedBatch[],
  refused: Refusal[],
): Promise<WriteResult> {
  for (const batch of batches) {
    if (contexts.has(realm, batch.contexts)) continue
    await orAgain(() => contexts.store(realm, batch.contexts))
  }
  let stored = 0
  let unstorable = 0
  for (const { batch, result } of await everyOne(batches.map((batch) => sent(writer, batch)))) {
    stored += batch.spans.length - result
    unstorable += result
    batch.spans.release()
  }
  if (unstorable > 0) refused.push({ reason: 'unstorable', count: unstorable })
  return { stored, refused }
}

async function sent(
  writer: SpanWriter,
  batch: EncodedBatch,
): Promise<{ batch: EncodedBatch; result: number }> {
  return { batch, result: await writer.write(batch) }
}

/** All results, or the first failure once none is under way: their bytes are counted until then. */
async function everyOne<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(work)
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason
    return one.value
  })
}
