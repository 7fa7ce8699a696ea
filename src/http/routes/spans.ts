import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyContextConfig } from 'fastify'
import { notModified } from '../etag.ts'
import type { Parts } from '../parts.ts'
import { presentCanvasState } from '../present/canvas-state.ts'
import { presentSpanDetail } from '../present/span-detail.ts'
import { CanvasState } from '../schemas/trace.ts'
import { findSpan, spanSchema } from '../span-reading.ts'

/** What both answers have in common; `description` = what is in them. */
const described = (description: string): FastifyContextConfig => ({
  described: {
    tag: 'executions',
    headers: ['if-none-match'],
    answers: {
      200: { description, headers: ['etag', 'x-trace-stale'] },
      304: { description: 'The reader has this answer already.' },
    },
    refuses: [404],
  },
})

/** One span with its content, masked for its reader. */
export const spans: FastifyPluginAsyncTypebox<{ parts: Parts }> = async (app, { parts }) => {
  app.get(
    '/api/executions/:execution/spans/:span',
    {
      config: described('The span, with personal data masked; content only with content:read.'),
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

  app.get(
    '/api/executions/:execution/trace/spans/:span/state',
    {
      config: described('Both sides, with personal data masked; empty without content:read.'),
      schema: {
        summary: "A workflow's state before and after a span, as Canvas reads it",
        description: 'Where the runner sent no state: what went into the span and what came out of it.',
        ...spanSchema,
        response: { 200: CanvasState },
      },
    },
    async (request, reply) => {
      const { reading, slim, span } = await findSpan(parts, request, reply)
      const answer = presentCanvasState(slim.spanId, span, reading.view)
      return notModified(request, reply, reading, answer) ? undefined : answer
    },
  )
}
