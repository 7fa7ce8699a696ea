import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { BadRequest } from '../../errors.ts'
import { limits } from '../../limits.ts'
import { daysOf } from '../../store/load-structure.ts'
import { idOfRow } from '../../tree/execution-order.ts'
import { treeRows } from '../../tree/tree-row.ts'
import { contentTag, formTag, readerTag } from '../answer-tag.ts'
import { notModified } from '../etag.ts'
import type { Parts } from '../parts.ts'
import { canvasRows, presentCanvas } from '../present/canvas.ts'
import { findReading, type Reading } from '../reading.ts'
import { ChooseQuery, ExecutionParams, RowFilter } from '../schemas/requests.ts'
import { CanvasTrace, Skeleton } from '../schemas/trace.ts'
import { createSkeleton } from '../skeleton-page.ts'

const Query = Type.Intersect([
  ChooseQuery,
  RowFilter,
  Type.Object({
    view: Type.Optional(
      Type.Literal('skeleton', { description: 'without it, the answer that Canvas reads' }),
    ),
    limit: Type.Integer({ minimum: 1, maximum: limits.skeletonPageMax, default: limits.skeletonPage }),
    cursor: Type.Optional(Type.String({ maxLength: 8_000 })),
  }),
])

/** The tree of an execution: as Canvas reads it, or page by page as structure. */
export const trace: FastifyPluginAsyncTypebox<{ parts: Parts }> = async (app, { parts }) => {
  const skeleton = createSkeleton(parts)
  app.get(
    '/api/executions/:execution/trace',
    {
      config: {
        described: {
          tag: 'executions',
          headers: ['if-none-match'],
          answers: {
            200: {
              description:
                'Without `view`: the spans as Canvas reads them, with previews of content, cut to what it can show. With `view=skeleton`: a page of the structure.',
              headers: ['etag', 'x-trace-stale'],
            },
            304: {
              description: 'The reader has this answer already: the spans, or this page of the skeleton.',
            },
          },
          refuses: [404],
        },
      },
      schema: {
        summary: 'The trace of an execution',
        description:
          'The filters (refused without it), `limit` and `cursor` belong to `view=skeleton`, which has any size of trace, page by page in depth-first order.',
        params: ExecutionParams,
        querystring: Query,
        response: { 200: Type.Union([CanvasTrace, Skeleton]) },
      },
    },
    async (request, reply) => {
      const reading = await findReading(parts, request, reply)
      if (request.query.view === 'skeleton') {
        const page = await skeleton(request, reply, reading)
        if (page === undefined) return
        // columns of thousands of values: several times as fast as by the schema, which the tests hold it to
        return reply.type('application/json; charset=utf-8').send(JSON.stringify(page) as never)
      }
      const filters = Object.keys(RowFilter.properties).filter((name) => name in request.query)
      if (filters.length > 0) throw new BadRequest(`${filters.join(', ')}: only with view=skeleton`)
      // signed ids open for a while only: what holds them is not kept for longer
      if (reading.view.artifacts.sign !== null) reply.header('cache-control', 'private, no-store')
      else if (notModified(request, reply, reading, await canvasTag(parts, request, reading))) return
      return canvasAnswer(parts, reading)
    },
  )
}

/** Made before the spans are read: what comes meanwhile makes another tag, and is sent the next time. */
const canvasTag = async (parts: Parts, request: FastifyRequest, reading: Reading) => [
  'canvas',
  await contentTag(parts, reading),
  readerTag(request, reading),
  formTag(parts, CanvasTrace),
]

async function canvasAnswer(parts: Parts, { found, view, stale }: Reading): Promise<CanvasTrace> {
  const { read } = parts.store
  const order = await read.order(found, stale)
  const rows = canvasRows(order)
  const ids = Array.from(rows, (row) => {
    const [traceId, spanId] = idOfRow(order, row)
    return { traceId, spanId }
  })
  const [slim, spans] = await Promise.all([
    read.slimSpans(found, ids),
    read.spans(found.execution.realm, ids, daysOf(found.traces)),
  ])
  return presentCanvas(
    found,
    treeRows(order, rows, (row) => slim.get(idOfRow(order, row).join(''))),
    spans,
    view,
  )
}
