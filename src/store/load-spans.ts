import { type Kysely, type Selectable, sql } from 'kysely'
import type { SpanLog } from '../model/log.ts'
import type { Resource, Scope } from '../model/otlp.ts'
import {
  type ArtifactReference,
  type Cost,
  type Notice,
  SPAN_KINDS,
  SPAN_STATUSES,
  type Span,
} from '../model/span.ts'
import { loggedException } from '../normalize/logs.ts'
import { loadContexts } from './contexts.ts'
import { readContents } from './message-read.ts'
import { loadSpanLogs } from './span-logs.ts'
import { attributesFromStored, eventsFromStored, linksFromStored } from './stored-value.ts'
import type { SpansTable, Tables } from './tables.ts'

/** Span ids repeat across traces: the pair is the identity. */
export interface SpanId {
  traceId: string
  spanId: string
}

/** How `loadSpans` keys its answer. */
export const spanKey = (id: SpanId) => `${id.traceId}${id.spanId}`

/**
 * Whole spans by `spanKey`; of a span that was stored under two days, the higher-ranking version. `days` = those that
 * their traces are stored under: without them every partition is looked into.
 */
export async function loadSpans(
  db: Kysely<Tables>,
  realm: number,
  ids: readonly SpanId[],
  days?: readonly string[],
): Promise<Map<string, Span>> {
  if (ids.length === 0) return new Map()
  const wanted = new Set(ids.map(spanKey))
  const bytes = (list: Iterable<string>) => [...new Set(list)].map((id) => Buffer.from(id, 'hex'))
  const spanIds = Buffer.from(ids.map((id) => id.spanId).join(''), 'hex')
  const rows = await db
    .selectFrom('spans')
    .selectAll()
    .where('realm', '=', realm)
    .where('trace_id', '=', sql<Buffer>`any(${bytes(ids.map((id) => id.traceId))}::bytea[])`)
    // as one string of bytes: the planner weighs every element of an array
    .where(
      'span_id',
      '=',
      sql<Buffer>`any(array(select substr(${spanIds}::bytea, n * 8 + 1, 8) from generate_series(0, ${ids.length - 1}::int) n))`,
    )
    .$if(days !== undefined, (query) => query.where('day', '=', sql<string>`any(${days}::date[])`))
    .orderBy('rank')
    .execute()
  const contexts = await loadContexts(db, realm, bytes(rows.map((row) => row.context.toString('hex'))))
  const [logs] = await Promise.all([
    loadSpanLogs(db, realm, bytes(ids.map((id) => id.traceId)), bytes(ids.map((id) => id.spanId))),
    readContents(db, realm, rows),
  ])
  const spans = new Map<string, Span>()
  for (const row of rows) {
    const span = spanFromRow(row, contexts.get(row.context.toString('hex')) ?? NO_CONTEXT)
    // ordered by rank: the larger comes later and replaces
    if (wanted.has(spanKey(span))) spans.set(spanKey(span), withLogs(span, logs.get(spanKey(span))))
  }
  return spans
}

/** The span with its log records, which may say what went wrong where the span does not. */
function withLogs(span: Span, logs: SpanLog[] | undefined): Span {
  if (logs === undefined) return span
  const exception = span.status === 'error' ? loggedException(logs) : null
  return {
    ...span,
    errorType: span.errorType ?? exception?.type ?? null,
    errorMessage: span.errorMessage ?? exception?.message ?? null,
    logs,
  }
}

/** What a row refers to when its context is gone: shown as nothing rather than as an error. */
export const NO_CONTEXT: { resource: Resource; scope: Scope } = {
  resource: { attributes: new Map(), droppedAttributesCount: 0, schemaUrl: '' },
  scope: { name: '', version: '', attributes: new Map(), droppedAttributesCount: 0, schemaUrl: '' },
}

/** A row as a span, its parts already joined (`readContents`), without its log records. */
export function spanFromRow(
  row: Selectable<SpansTable>,
  context: { resource: Resource; scope: Scope },
): Span {
  return {
    traceId: row.trace_id.toString('hex'),
    spanId: row.span_id.toString('hex'),
    parentSpanId: row.parent_span_id?.toString('hex') ?? null,
    traceState: row.trace_state ?? '',
    flags: Number(row.flags),
    name: row.name,
    otelKind: row.otel_kind,
    kind: SPAN_KINDS[row.kind] ?? 'internal',
    startNs: BigInt(row.start_ns),
    endNs: row.end_ns === null ? null : BigInt(row.end_ns),
    reportedDurationNs: row.reported_duration_ns === null ? null : BigInt(row.reported_duration_ns),
    status: SPAN_STATUSES[row.status] ?? 'ok',
    statusCode: row.status_code,
    statusMessage: row.status_message ?? '',
    executionId: row.execution_id,
    workflowId: row.workflow_id,
    workflowName: row.workflow_name,
    threadId: row.thread_id,
    userId: row.user_id,
    nodeId: row.node_id,
    nodeName: row.node_name,
    nodeKind: row.node_kind,
    model: row.model,
    provider: row.provider,
    responseId: row.response_id,
    finishReason: row.finish_reason,
    tokens: {
      input: count(row.input_tokens),
      output: count(row.output_tokens),
      total: count(row.total_tokens),
      cachedInput: count(row.cached_input_tokens),
      cacheWriteInput: count(row.cache_write_input_tokens),
      reasoningOutput: count(row.reasoning_output_tokens),
    },
    tokensAggregated: row.tokens_aggregated,
    cost: costOf(row),
    errorType: row.error_type,
    errorMessage: row.error_message,
    artifacts: (row.artifacts as ArtifactReference[] | null) ?? [],
    attributes: attributesFromStored(row.attributes),
    content: attributesFromStored(row.content),
    droppedAttributesCount: row.dropped_attributes >>> 0,
    events: eventsFromStored(row.events),
    droppedEventsCount: row.dropped_events >>> 0,
    links: linksFromStored(row.links),
    droppedLinksCount: row.dropped_links >>> 0,
    resource: context.resource,
    scope: context.scope,
    notices: (row.notices as Notice[] | null) ?? [],
  }
}

const count = (value: string | null) => (value === null ? null : Number(value))

function costOf(row: Selectable<SpansTable>): Cost | null {
  if (row.cost === null) return null
  const version = row.cost_version === null ? {} : { version: row.cost_version }
  return { amount: row.cost, source: row.cost_estimated ? 'estimated' : 'reported', ...version }
}
