import type { Resource, Scope } from '../model/otlp.ts'
import type { Span } from '../model/span.ts'
import { type Context, contextOf } from './contexts.ts'
import { CopyRows, type Rows } from './copy-row.ts'
import { MessageRows, type Repeats } from './message-parts.ts'
import { PG_EPOCH_DAYS, type RowPlace, writeSpanRow } from './span-row.ts'

/** The spans of one request as COPY rows. */
export interface RowBatch {
  spans: Rows
  /** Marks for every trace of the batch. */
  marks: Buffer
  contexts: ReadonlyMap<string, Context>
  /** COPY rows of `messages` that the spans refer to; mostly empty. */
  messages: Buffer
  /** Of each trace, the executions that its spans name. */
  named: ReadonlyMap<string, ReadonlySet<string>>
  /** The newest erasure that was known when the spans were let in. */
  erasuresKnown: bigint
}

export interface EncodedBatch extends RowBatch {
  spans: CopyRows
}

/** Where the rows of a request belong, and what they are made with. */
export interface RowPlan {
  realm: number
  /** The days that have a partition, as `YYYY-MM-DD`. */
  days: ReadonlySet<string>
  /** Milliseconds since 1970. */
  nowMs: number
  redactionVersion: number
  erasuresKnown: bigint
}

export interface BatchPlace extends RowPlan {
  /** What came before, so that content that comes again is stored once. */
  repeats: Pick<Repeats, 'again'>
}

const NS_PER_DAY = 86_400_000_000_000n
const MS_PER_DAY = 86_400_000

/** Bytes of a batch's first buffer: at least, and at most. */
const FIRST_BYTES = 64 * 1024
const MOST_FIRST_BYTES = 2 * 1024 * 1024

/** Bytes that the last batches had, and a little more: most senders' batches are alike, and growing is copying. */
let usualBytes = FIRST_BYTES

/** Rows, marks and contexts of a batch. Everything that can be computed before a connection is held. */
export function encodeBatch(spans: readonly Span[], place: BatchPlace): EncodedBatch {
  const batch = new BatchEncoder(place)
  batch.add(spans)
  return batch.finish()
}

/** Bytes of rows that are sent apart from what comes after them. */
const BATCH_BYTES = 4 * 1024 * 1024

/**
 * The rows of a request, made of each slice of its spans as it comes, so that no more than one slice of spans is held.
 * `place` is asked for once there is a span. Throws what the slices throw.
 */
export async function encodeSlices(
  slices: AsyncIterable<readonly Span[]> | Iterable<readonly Span[]>,
  place: () => Promise<BatchPlace>,
): Promise<EncodedBatch[]> {
  const batches: EncodedBatch[] = []
  let found: BatchPlace | null = null
  let encoder: BatchEncoder | null = null
  for await (const spans of slices) {
    if (spans.length === 0) continue
    encoder ??= new BatchEncoder((found ??= await place()))
    encoder.add(spans)
    if (encoder.byteLength < BATCH_BYTES) continue
    batches.push(encoder.finish())
    encoder = null
  }
  if (encoder !== null) batches.push(encoder.finish())
  return batches
}

/** Makes the rows of a batch, slice by slice: a span is not needed any more once it was added. */
export class BatchEncoder {
  readonly #rows = new CopyRows(usualBytes)
  readonly #contexts = new Map<string, Context>()
  readonly #named = new Map<string, Set<string>>()
  /** The days of each trace's rows, in days since 1970-01-01. */
  readonly #days = new Map<string, Set<number>>()
  readonly #place: BatchPlace
  readonly #messages: MessageRows
  readonly #row: RowPlace

  constructor(place: BatchPlace) {
    this.#place = place
    this.#messages = new MessageRows(place.realm, place.repeats)
    this.#row = {
      realm: place.realm,
      day: 0,
      receivedUs: BigInt(place.nowMs) * 1000n,
      redactionVersion: place.redactionVersion,
      context: NO_CONTEXT,
      share: null,
    }
  }

  get byteLength(): number {
    return this.#rows.byteLength
  }

  add(spans: readonly Span[]): void {
    const { days } = this.#place
    const row = this.#row
    for (const span of spans) {
      row.day = dayOf(span.startNs > 0n ? span.startNs : (span.endNs ?? 0n), days)
      // under the sentinel, messages would be deleted apart from their spans
      row.share = row.day === 0 ? null : this.#messages.shareFor(span.traceId, row.day - PG_EPOCH_DAYS)
      row.context = this.#contextFor(span)
      writeSpanRow(this.#rows, span, row)
      setOf(this.#days, span.traceId).add(row.day)
      const executions = setOf(this.#named, span.traceId)
      if (span.executionId !== null) executions.add(span.executionId)
    }
  }

  finish(): EncodedBatch {
    const likely = Math.max(this.#rows.byteLength * 1.1, usualBytes * 0.9)
    usualBytes = Math.min(MOST_FIRST_BYTES, Math.max(FIRST_BYTES, Math.ceil(likely)))
    return {
      spans: this.#rows,
      marks: encodeMarks(this.#place.realm, this.#named, this.#days),
      contexts: this.#contexts,
      messages: this.#messages.slice(),
      named: this.#named,
      erasuresKnown: this.#place.erasuresKnown,
    }
  }

  #last: { resource: Resource; scope: Scope; hash: Uint8Array } | null = null

  #contextFor({ resource, scope }: Span): Uint8Array {
    if (this.#last?.resource === resource && this.#last.scope === scope) return this.#last.hash
    const context = contextFor(resource, scope)
    this.#contexts.set(context.key, context)
    this.#last = { resource, scope, hash: context.hash }
    return context.hash
  }
}

const NO_CONTEXT = new Uint8Array(16)

/**
 * The day of a time as sent (of a span: its start, else its end) when it has a partition; else 0, the sentinel. So a
 * hostile clock cannot make partitions.
 */
export function dayOf(time: bigint, days: ReadonlySet<string>): number {
  if (time <= 0n) return 0
  const day = Number(time / NS_PER_DAY)
  return days.has(dayName(day)) ? day : 0
}

/** Names of days by their number, as far as they were asked for. */
const dayNames = new Map<number, string>()

function dayName(day: number): string {
  let name = dayNames.get(day)
  if (name === undefined) {
    const date = new Date(day * MS_PER_DAY)
    name = Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 10)
    if (dayNames.size > 1000) dayNames.clear()
    dayNames.set(day, name)
  }
  return name
}

const made = new WeakMap<Resource, WeakMap<Scope, Context>>()

/** One context for each pair of resource and scope objects: they are shared by many spans, and never change. */
function contextFor(resource: Resource, scope: Scope): Context {
  let scopes = made.get(resource)
  if (scopes === undefined) made.set(resource, (scopes = new WeakMap()))
  let context = scopes.get(scope)
  if (context === undefined) scopes.set(scope, (context = contextOf(resource, scope)))
  return context
}

function setOf<T>(sets: Map<string, Set<T>>, traceId: string): Set<T> {
  let set = sets.get(traceId)
  if (set === undefined) sets.set(traceId, (set = new Set()))
  return set
}

function encodeMarks(
  realm: number,
  named: ReadonlyMap<string, ReadonlySet<string>>,
  days: ReadonlyMap<string, ReadonlySet<number>>,
): Buffer {
  const marks = new CopyRows(named.size * 96)
  for (const [traceId, executions] of named) {
    marks.startRow(4)
    marks.int32(realm)
    marks.hex(traceId)
    marks.texts([...executions])
    marks.dates(Array.from(days.get(traceId) ?? [], (day) => day - PG_EPOCH_DAYS))
    marks.endRow()
  }
  return marks.slice()
}
