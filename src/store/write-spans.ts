import type { Refusal } from '../model/refusal.ts'
import type { Span } from '../model/span.ts'
import type { Contexts } from './contexts.ts'
import { encodeBatch, encodeSlices, type RowBatch, type RowPlan } from './encode-batch.ts'
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

/**
 * Makes the rows of a request somewhere else, with nothing that the store remembers but the plan. Resolves with null
 * when they must be made here after all.
 */
export type RowMaker = (plan: RowPlan) => Promise<readonly RowBatch[] | null>

/** What a write works with. */
export interface WriteParts {
  contexts: Contexts
  erasures: Erasures
  repeats: Repeats
  writer: SpanWriter
  upkeep: Pick<Upkeep, 'days'>
  redactionVersion: number
}

/**
 * Stores the spans of a request: `rows` makes their rows elsewhere, or without it they are made here. Rejects with
 * `Outdated` when they were made with an old view of erasures or partitions.
 */
export async function writeSpans(
  parts: WriteParts,
  realm: () => Promise<number>,
  slices: SpanSlices,
  rows: RowMaker | null,
): Promise<WriteResult> {
  const plan = async () => planOf(parts, await realm())
  const place = async () => ({ ...(await plan()), repeats: parts.repeats })
  const elsewhere = rows === null ? null : await rows(await plan())
  const batches = elsewhere ?? (await encodeSlices(slices(), place))
  if (batches.length === 0) return { stored: 0, refused: [] }
  const into = await realm()
  if (batches.some(({ named }) => parts.erasures.concern(into, named))) {
    for (const { spans } of batches) spans.release()
    return writeAdmitted(parts, into, slices)
  }
  return send(parts, into, batches, [])
}

/** Something of the request may have been erased: what belongs to it is told by all spans together. */
async function writeAdmitted(parts: WriteParts, realm: number, slices: SpanSlices): Promise<WriteResult> {
  const place = { ...planOf(parts, realm), repeats: parts.repeats }
  const spans: Span[] = []
  for await (const slice of slices()) spans.push(...slice)
  const admitted = await orAgain(() => parts.erasures.admit(realm, spans))
  const refused: Refusal[] = []
  if (admitted.length < spans.length)
    refused.push({ reason: 'erased', count: spans.length - admitted.length })
  if (admitted.length === 0) return { stored: 0, refused }
  return send(parts, realm, [encodeBatch(admitted, place)], refused)
}

/** What rows are made with; the transaction says if that is still true. */
function planOf({ erasures, upkeep, redactionVersion }: WriteParts, realm: number): RowPlan {
  return { realm, days: upkeep.days, nowMs: Date.now(), redactionVersion, erasuresKnown: erasures.known }
}

async function send(
  { contexts, writer }: WriteParts,
  realm: number,
  batches: readonly RowBatch[],
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

async function sent(writer: SpanWriter, batch: RowBatch): Promise<{ batch: RowBatch; result: number }> {
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
