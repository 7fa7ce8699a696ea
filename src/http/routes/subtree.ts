import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { NotFound } from '../../errors.ts'
import { rowOfSpan, subtreeUsage } from '../../tree/subtree.ts'
import { notModified } from '../etag.ts'
import type { Parts } from '../parts.ts'
import { presentSubtree } from '../present/summary.ts'
import { findReading } from '../reading.ts'
import { SubtreeUsage } from '../schemas/trace.ts'
import { spanSchema } from '../span-reading.ts'

/** Totals of one span and all that is below it. */
export const subtree: FastifyPluginAsyncTypebox<{ parts: Parts }> = async (app, { parts }) => {
  app.get(
    '/api/executions/:execution/spans/:span/usage',
    {
      config: {
        described: {
          tag: 'executions',
          headers: ['if-none-match'],
          answers: {
            200: { description: 'The totals.', headers: ['etag', 'x-trace-stale'] },
            304: { description: 'The reader has this answer already.' },
          },
          refuses: [404],
        },
      },
      schema: {
        summary: 'Totals of a span and all that is below it',
        description:
          'Counted as the whole execution is: each call of a model once, executions that begin below not at all.',
        ...spanSchema,
        response: { 200: SubtreeUsage },
      },
    },
    async (request, reply) => {
      const reading = await findReading(parts, request, reply)
      const tree = await parts.store.read.tree(reading.found, reading.stale)
      const row = rowOfSpan(tree, request.params.span.toLowerCase(), request.query.trace_id?.toLowerCase())
      if (row === -1) throw new NotFound()
      const answer = presentSubtree(subtreeUsage(tree, row))
      return notModified(request, reply, reading, answer) ? undefined : answer
    },
  )
}
