import type { Resource, Scope } from '../model/otlp.ts'
import type { Span } from '../model/span.ts'
import { type Context, contextOf } from './contexts.ts'
import { CopyRows } from './copy-row.ts'
import { MessageRows, type Repeats } from './message-parts.ts'
import { PG_EPOCH_DAYS, writeSpanRow } from './span-row.ts'

/** The spans of one request as COPY rows, each of which can be sent apart. */
export interface EncodedBatch {
  spans: CopyRows
  /** Marks for every trace of the batch. */
  marks: Buffer
  contexts: ReadonlyMap<string, Context>
  /** COPY rows of `messages` that the spans refer to; mostly empty. */
  messages: Buffer
  /** The newest erasure that was known when the spans were let in. */
  erasuresKnown: bigint
}

export interface BatchPlace {
  realm: number
  /** The days that have a partition, as `YYYY-MM-DD`. */
  days: ReadonlySet<string>
  /** Milliseconds since 1970. */
  nowMs: number
  redactionVersion: number
  erasuresKnown: bigint
  /** What came before, so that content that comes again is stored once. */
  repeats: Repeats
}

const NS_PER_DAY = 86_400_000_000_000n
const MS_PER_DAY = 86_400_000

/** Rows, marks and contexts of a batch. Everything that can be computed before a connection is held. */
export function encodeBatch(spans: readonly Span[], place: BatchPlace): EncodedBatch {
  const rows = new CopyRows(spans.length * 1024)
  const contexts = new Map<string, Context>()
  const contextFor = contextCache(contexts)
  const named = new Map<string, Set<string>>()
  const receivedUs = BigInt(place.nowMs) * 1000n
  const messages = new MessageRows(place.realm, place.repeats)
  for (const span of spans) {
    const day = dayOf(span.startNs > 0n ? span.startNs : (span.endNs ?? 0n), place.days)
    writeSpanRow(rows, span, {
      realm: place.realm,
      day,
      receivedUs,
      redactionVersion: place.redactionVersion,
      context: contextFor(span.resource, span.scope).hash,
      // under the sentinel, messages would be deleted apart from their spans
      ...(day === 0 ? {} : { share: messages.shareFor(span.traceId, day - PG_EPOCH_DAYS) }),
    })
    let executions = named.get(span.traceId)
    if (executions === undefined) named.set(span.traceId, (executions = new Set()))
    if (span.executionId !== null) executions.add(span.executionId)
  }
  return {
    spans: rows,
    marks: encodeMarks(place.realm, named),
    contexts,
    messages: messages.slice(),
    erasuresKnown: place.erasuresKnown,
  }
}

/**
 * The day of a time as sent (of a span: its start, else its end) when it has a partition; else 0, the sentinel. So a
 * hostile clock cannot make partitions.
 */
export function dayOf(time: bigint, days: ReadonlySet<string>): number {
  if (time <= 0n) return 0
  const day = Number(time / NS_PER_DAY)
  return days.has(dayName(day)) ? day : 0
}

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

/** One context for each pair of resource and scope objects: they are shared by the spans of a request. */
function contextCache(contexts: Map<string, Context>): (resource: Resource, scope: Scope) => Context {
  const made = new Map<Resource, Map<Scope, Context>>()
  return (resource, scope) => {
    let scopes = made.get(resource)
    if (scopes === undefined) made.set(resource, (scopes = new Map()))
    let context = scopes.get(scope)
    if (context === undefined) {
      context = contextOf(resource, scope)
      scopes.set(scope, context)
      contexts.set(context.key, context)
    }
    return context
  }
}

function encodeMarks(realm: number, named: ReadonlyMap<string, ReadonlySet<string>>): Buffer {
  const marks = new CopyRows(named.size * 64)
  for (const [traceId, executions] of named) {
    marks.startRow(3)
    marks.int32(realm)
    marks.hex(traceId)
    marks.texts([...executions])
    marks.endRow()
  }
  return marks.slice()
}
