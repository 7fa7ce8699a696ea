import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { notModified } from '../etag.ts'
import type { Parts } from '../parts.ts'
import { presentSpanDetail } from '../present/span-detail.ts'
import { findSpan, spanSchema } from '../span-reading.ts'

/** One span with its content, masked for its reader. */
export const spans: FastifyPluginAsyncTypebox<{ parts: Parts }> = async (app, { parts }) => {
  app.get(
    '/api/executions/:execution/spans/:span',
    {
      config: {
        described: {
          tag: 'executions',
          headers: ['if-none-match'],
          answers: {
            200: {
              description: 'The span, with personal data masked; content only with content:read.',
              headers: ['etag', 'x-trace-stale'],
            },
            304: { description: 'The reader has this answer already.' },
          },
          refuses: [404],
        },
      },
      schema: {
        summary: 'One span with its content',
        description: 'The earliest span of the id, when several traces of the execution have one.',
        ...spanSchema,
      },
    },
    async (request, reply) => {
      const { reading, slim, span, earlier, links, notices } = await findSpan(parts, request, reply)
      const { executionId } = reading.found.execution.key
      const detail = presentSpanDetail(slim, span, executionId, links, reading.view, earlier)
      const answer = { ...detail, notices: [...detail.notices, ...notices] }
      return notModified(request, reply, reading, answer) ? undefined : answer
    },
  )
}
