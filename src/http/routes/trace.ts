import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { limits } from '../../limits.ts'
import { type PagePlace, placeOf, rowAfter } from '../../tree/page.ts'
import type { SlimSpan } from '../../tree/slim-span.ts'
import { readCursor, signCursor } from '../cursor.ts'
import type { Parts } from '../parts.ts'
import { canvasRows, presentCanvas } from '../present/canvas.ts'
import { presentColumns, presentHead } from '../present/skeleton.ts'
import { type Reading, readExecution } from '../reading.ts'
import { ChooseQuery, ExecutionParams } from '../schemas/requests.ts'
import { CanvasTrace, Skeleton } from '../schemas/trace.ts'

const Query = Type.Intersect([
  ChooseQuery,
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
  app.get(
    '/api/executions/:execution/trace',
    {
      schema: {
        summary: 'The trace of an execution',
        params: ExecutionParams,
        querystring: Query,
        response: { 200: Type.Union([CanvasTrace, Skeleton]) },
      },
    },
    async (request, reply) => {
      const reading = await readExecution(parts, request, reply)
      reply.header('cache-control', 'private, no-store')
      if (request.query.view !== 'skeleton') return canvasAnswer(parts, reading)
      const key = await parts.store.key('', 'cursors')
      const named = await visibleSubExecutions(parts, reading, request.principal)
      return skeletonAnswer(reading, named, key, request.query.limit, request.query.cursor)
    },
  )
}

async function canvasAnswer(parts: Parts, { found, tree, view }: Reading): Promise<CanvasTrace> {
  const rows = canvasRows(tree)
  const ids = Array.from(rows, (row) => tree.spans[tree.order.positions[row] as number] as SlimSpan)
  const spans = await parts.store.read.spans(found.execution.realm, ids)
  return presentCanvas(found, tree, rows, spans, view)
}

function skeletonAnswer(
  { found, tree, view }: Reading,
  named: ReadonlyMap<string, string>,
  key: Buffer,
  limit: number,
  cursor: string | undefined,
): Skeleton {
  const scope = `skeleton\0${found.execution.realm}\0${found.execution.key.executionId}`
  const rows = tree.order.positions.length
  const from = cursor === undefined ? 0 : rowAfter(tree, readCursor<PagePlace>(key, scope, cursor))
  const to = Math.min(rows, from + limit)
  const more = to < rows
  return {
    execution: presentHead(found),
    total: rows,
    columns: presentColumns(tree, found, [from, to], named, view),
    page_info: { has_next_page: more, cursor: more ? signCursor(key, scope, placeOf(tree, to - 1)) : null },
  }
}

/** Of the executions that begin in this tree, those that the reader may see. */
function visibleSubExecutions(
  parts: Parts,
  { found, tree }: Reading,
  principal: Parameters<Parts['store']['read']['visible']>[0],
) {
  const ids = new Set(tree.subExecutions.filter((id) => id !== null && id !== ''))
  return parts.store.read.visible(principal, found.execution.realm, [...(ids as Set<string>)])
}
