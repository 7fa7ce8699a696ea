import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { NotFound } from '../../errors.ts'
import { spanKey } from '../../store/load-spans.ts'
import { idOfRow, rowsOfId } from '../../tree/execution-order.ts'
import type { SlimSpan } from '../../tree/slim-span.ts'
import type { Parts } from '../parts.ts'
import { dashboardLinks } from '../present/dashboards.ts'
import { presentSpanDetail } from '../present/span-detail.ts'
import { findReading } from '../reading.ts'
import { ChooseQuery, ExecutionParams } from '../schemas/requests.ts'
import { SpanDetail } from '../schemas/trace.ts'

/** One span with its content, masked for its reader. */
export const spans: FastifyPluginAsyncTypebox<{ parts: Parts }> = async (app, { parts }) => {
  app.get(
    '/api/executions/:execution/spans/:span',
    {
      schema: {
        summary: 'One span with its content',
        params: Type.Intersect([ExecutionParams, Type.Object({ span: Type.String({ maxLength: 64 }) })]),
        querystring: Type.Intersect([
          ChooseQuery,
          Type.Object({
            trace_id: Type.Optional(Type.String({ description: 'when a span id repeats', maxLength: 32 })),
          }),
        ]),
        response: { 200: SpanDetail },
      },
    },
    async (request, reply) => {
      const reading = await findReading(parts, request, reply)
      const { found, view } = reading
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
      const span = (await read.spans(execution.realm, [slim])).get(spanKey(slim))
      if (span === undefined) throw new NotFound()
      reply.header('cache-control', 'private, no-store')
      const links = dashboardLinks(parts.config.dashboards, 'span', execution, slim)
      const detail = presentSpanDetail(slim, span, execution.key.executionId, links, view)
      if (candidates.length > 1) detail.notices = [...detail.notices, repeated(candidates)]
      return detail
    },
  )
}

function earliest(spans: readonly SlimSpan[]): SlimSpan | null {
  return spans.reduce<SlimSpan | null>(
    (first, span) => (first === null || span.startNs < first.startNs ? span : first),
    null,
  )
}

const repeated = (spans: readonly SlimSpan[]) => ({
  code: 'span_id_repeats',
  message: `${spans.length} traces of this execution have a span of this id; this is the earliest. Name one with ?trace_id=: ${spans
    .map((span) => span.traceId)
    .slice(0, 5)
    .join(', ')}`,
  count: spans.length,
})
