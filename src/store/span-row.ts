import { hash } from 'node:crypto'
import { limits } from '../limits.ts'
import { SPAN_KINDS, SPAN_STATUSES, type Span } from '../model/span.ts'
import { displayName } from '../normalize/title.ts'
import { type CopyRows, nibble } from './copy-row.ts'
import type { Share } from './message-parts.ts'
import { writeAttributes, writeEvents, writeLinks } from './stored-value.ts'

/** The columns of `spans` in the order that `writeSpanRow` writes them. */
export const SPAN_COLUMNS = [
  'realm',
  'trace_id',
  'span_id',
  'day',
  'rank',
  'received_at',
  'redaction_version',
  'parent_span_id',
  'kind',
  'status',
  'otel_kind',
  'status_code',
  'flags',
  'start_ns',
  'end_ns',
  'reported_duration_ns',
  'name',
  'title',
  'execution_id',
  'workflow_id',
  'workflow_name',
  'service_name',
  'thread_id',
  'user_id',
  'node_id',
  'node_name',
  'node_kind',
  'model',
  'provider',
  'response_id',
  'finish_reason',
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'cached_input_tokens',
  'cache_write_input_tokens',
  'reasoning_output_tokens',
  'tokens_aggregated',
  'cost',
  'cost_estimated',
  'cost_version',
  'error_type',
  'error_message',
  'status_message',
  'trace_state',
  'dropped_attributes',
  'dropped_events',
  'dropped_links',
  'event_count',
  'context',
  'artifacts',
  'notices',
  'attributes',
  'content',
  'events',
  'links',
] as const

/** What a row says beside its span. */
export interface RowPlace {
  realm: number
  /** Days since 1970-01-01 of the partition; 0 = the sentinel. */
  day: number
  /** Microseconds since 1970. */
  receivedUs: bigint
  redactionVersion: number
  /** 16 bytes: the stored resource and scope. */
  context: Uint8Array
  /** Puts references in the place of content that is stored once; null or absent = everything stays inline. */
  share?: Share | null
}

/** Bytes of `rank`: ended (1), end (8), attributes and events (4), bytes of the row (4), hash (16). */
const RANK_BYTES = 33
const HASH_AT = 17
const emptyRank = new Uint8Array(RANK_BYTES)
/** 2000-01-01, where PostgreSQL counts days and microseconds from. */
export const PG_EPOCH_DAYS = 10_957
const PG_EPOCH_US = BigInt(PG_EPOCH_DAYS) * 86_400_000_000n

/**
 * Appends one row of `spans`. The rank is computed over the bytes of the row itself (after redaction, without
 * the time of receipt), so that the same span always has the same rank and a re-sent one writes nothing.
 */
export function writeSpanRow(rows: CopyRows, span: Span, place: RowPlace): void {
  rows.startRow(SPAN_COLUMNS.length)
  rows.int32(place.realm)
  rows.hex(span.traceId)
  rows.hex(span.spanId)
  rows.int32(place.day - PG_EPOCH_DAYS)
  const rankAt = rows.bytes(emptyRank)
  rows.int64(place.receivedUs - PG_EPOCH_US)
  rows.int32(place.redactionVersion)
  const hashedFrom = rows.byteLength

  rows.hex(span.parentSpanId)
  rows.int16(SPAN_KINDS.indexOf(span.kind))
  rows.int16(SPAN_STATUSES.indexOf(span.status))
  rows.int16(span.otelKind)
  rows.int16(span.statusCode)
  rows.int64(BigInt(span.flags))
  rows.int64(span.startNs)
  nullableInt64(rows, span.endNs)
  nullableInt64(rows, span.reportedDurationNs)
  rows.text(span.name)
  rows.text(titleOf(span))
  rows.text(span.executionId)
  rows.text(span.workflowId)
  rows.text(span.workflowName)
  rows.text(serviceName(span))
  rows.text(span.threadId)
  rows.text(span.userId)
  rows.text(span.nodeId)
  rows.text(span.nodeName)
  rows.text(span.nodeKind)
  rows.text(span.model)
  rows.text(span.provider)
  rows.text(span.responseId)
  rows.text(span.finishReason)
  rows.count(span.tokens.input)
  rows.count(span.tokens.output)
  rows.count(span.tokens.total)
  rows.count(span.tokens.cachedInput)
  rows.count(span.tokens.cacheWriteInput)
  rows.count(span.tokens.reasoningOutput)
  rows.boolean(span.tokensAggregated)
  rows.numeric(span.cost?.amount ?? null)
  if (span.cost === null) rows.null()
  else rows.boolean(span.cost.source === 'estimated')
  rows.text(span.cost?.version ?? null)
  rows.text(span.errorType)
  rows.text(span.errorMessage)
  rows.text(span.statusMessage === '' ? null : span.statusMessage)
  rows.text(span.traceState === '' ? null : span.traceState)
  rows.int32(span.droppedAttributesCount | 0)
  rows.int32(span.droppedEventsCount | 0)
  rows.int32(span.droppedLinksCount | 0)
  if (span.events.length === 0) rows.null()
  else rows.int32(span.events.length)
  rows.bytes(place.context)
  rows.text(span.artifacts.length === 0 ? null : JSON.stringify(span.artifacts))
  rows.text(span.notices.length === 0 ? null : JSON.stringify(span.notices))
  writeAttributes(rows, span.attributes)
  const contentAt = rows.byteLength
  const { share } = place
  writeAttributes(rows, span.content, share?.look)
  writeEvents(rows, span.events, share?.look)
  writeLinks(rows, span.links)
  // the rank is of the content itself, however it is stored
  rows.patch(rankOf(span, rows.since(hashedFrom)), rankAt)
  if (share?.found()) {
    rows.back(contentAt)
    writeAttributes(rows, span.content, share.put)
    writeEvents(rows, span.events, share.put)
    writeLinks(rows, span.links)
  }
  rows.endRow()
}

/** Made of what is stored, after redaction; null = the name says it. */
function titleOf(span: Span): string | null {
  const title = displayName(span)
  return title === span.name ? null : title
}

/** `unknown_service…` is what SDKs say when nobody named the service. */
function serviceName(span: Span): string | null {
  const name = span.resource.attributes.get('service.name')
  if (typeof name !== 'string' || name === '' || name.startsWith('unknown_service')) return null
  return name.slice(0, limits.maxIdLength)
}

function nullableInt64(rows: CopyRows, value: bigint | null): void {
  if (value === null) rows.null()
  else rows.int64(value)
}

const rank = Buffer.alloc(RANK_BYTES)

/**
 * Order-preserving: of two versions the one that ended, ended later, says more, wins; the hash decides a tie. Valid
 * until the next call.
 */
function rankOf(span: Span, stored: Buffer): Buffer {
  rank[0] = span.endNs === null ? 0 : 1
  rank.writeBigInt64BE(span.endNs ?? 0n, 1)
  rank.writeUInt32BE(span.attributes.size + span.content.size + span.events.length, 9)
  rank.writeUInt32BE(stored.length, 13)
  // as hex it takes half of the time that a hash as a buffer of its own does
  const digest = hash('sha256', stored, 'hex')
  for (let i = HASH_AT, from = 0; i < RANK_BYTES; i++, from += 2) {
    rank[i] = (nibble(digest.charCodeAt(from)) << 4) | nibble(digest.charCodeAt(from + 1))
  }
  return rank
}
