import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { NotFound } from '../errors.ts'
import type { Span } from '../model/span.ts'
import { spanKey } from '../store/load-spans.ts'
import { daysOf } from '../store/load-structure.ts'
import { type ExecutionOrder, idOfRow, rowOfId, rowsOfId } from '../tree/execution-order.ts'
import type { SlimSpan } from '../tree/slim-span.ts'
import type { Parts } from './parts.ts'
import { dashboardLinks } from './present/dashboards.ts'
import { findReading, type Reading } from './reading.ts'
import type { DashboardLink, Notice } from './schemas/common.ts'
import { ChooseQuery, ExecutionParams } from './schemas/requests.ts'
import { SpanDetail } from './schemas/trace.ts'

/** How one span is asked for, and the form of the answer. */
export const spanSchema = {
  params: Type.Intersect([ExecutionParams, Type.Object({ span: Type.String({ maxLength: 64 }) })]),
  querystring: Type.Intersect([
    ChooseQuery,
    Type.Object({
      trace_id: Type.Optional(Type.String({ description: 'when a span id repeats', maxLength: 32 })),
    }),
  ]),
  response: { 200: SpanDetail },
}

type SpanRequest = FastifyRequest & {
  params: Static<(typeof spanSchema)['params']>
  query: Static<(typeof spanSchema)['querystring']>
}

/** One span that this reader may see, with what its answer says besides. */
export interface SpanReading {
  reading: Reading
  slim: SlimSpan
  span: Span
  /** Of a model's call: the calls just before it, for what is new in it. */
  earlier: Span[]
  links: DashboardLink[]
  notices: Notice[]
}

/**
 * Finds the span of the path in the execution of the path; the earliest when its id repeats in several traces and
 * none is named. Throws `NotFound` alike for what is missing and what is out of reach.
 */
export async function findSpan(
  parts: Parts,
  request: SpanRequest,
  reply: FastifyReply,
): Promise<SpanReading> {
  const reading = await findReading(parts, request, reply)
  const { found } = reading
  const { read } = parts.store
  const order = await read.order(found, reading.stale)
  const traceId = request.query.trace_id?.toLowerCase()
  const rows = rowsOfId(order, request.params.span.toLowerCase(), traceId)
  const ids = rows.filter((row) => order.foreign[row] === 0).map((row) => idOfRow(order, row))
  const slims = await read.slimSpans(
    found,
    ids.map(([traceId, spanId]) => ({ traceId, spanId })),
  )
  const candidates = [...slims.values()]
  const slim = earliest(candidates)
  if (slim === null) throw new NotFound()
  const { execution } = found
  const span = (await read.spans(execution.realm, [slim], daysOf(found.traces))).get(spanKey(slim))
  if (span === undefined) throw new NotFound()
  reply.header('cache-control', 'private, no-store')
  return {
    reading,
    slim,
    span,
    earlier:
      slim.kind === 'llm' && reading.view.content
        ? await read.callsBefore(found, slim, ({ traceId, spanId }) => isOwn(order, traceId, spanId))
        : [],
    links: dashboardLinks(parts.config.dashboards, 'span', execution, slim),
    notices: candidates.length > 1 ? [repeated(candidates)] : [],
  }
}

/** False for the root of an execution below, and for what is not in the tree at all. */
function isOwn(order: ExecutionOrder, traceId: string, spanId: string): boolean {
  const row = rowOfId(order, traceId, spanId)
  return row !== -1 && order.foreign[row] === 0
}

function earliest(spans: readonly SlimSpan[]): SlimSpan | null {
  return spans.reduce<SlimSpan | null>(
    (first, span) => (first === null || span.startNs < first.startNs ? span : first),
    null,
  )
}

const repeated = (spans: readonly SlimSpan[]): Notice => ({
  code: 'span_id_repeats',
  message: `${spans.length} traces of this execution have a span of this id; this is the earliest. Name one with ?trace_id=: ${spans
    .map((span) => span.traceId)
    .slice(0, 5)
    .join(', ')}`,
  count: spans.length,
})
