import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { BadRequest } from '../../errors.ts'
import { limits } from '../../limits.ts'
import { redactText } from '../../redact/index.ts'
import type { Parts } from '../parts.ts'
import { presentSpanDetail } from '../present/span-detail.ts'
import { unmasked } from '../present/view.ts'
import { findSpan, spanSchema } from '../span-reading.ts'

/** Bytes of a request: a reason and nothing else. */
const BODY_LIMIT = 16 * 1024

/** Personal data of one span, shown on purpose and on record. */
export const reveal: FastifyPluginAsyncTypebox<{ parts: Parts }> = async (app, { parts }) => {
  app.post(
    '/api/executions/:execution/spans/:span/reveal',
    {
      config: {
        scope: 'content:reveal',
        described: {
          tag: 'executions',
          answers: { 200: { description: 'The span with personal data.', headers: ['x-trace-stale'] } },
          refuses: [404],
        },
      },
      bodyLimit: BODY_LIMIT,
      schema: {
        summary: 'One span unmasked; audited',
        description:
          'Personal data as it was stored. Who, when, which span and why is in the audit log before the answer is sent; without that entry there is no answer. Secrets were never stored.',
        ...spanSchema,
        body: Type.Object(
          {
            reason: Type.String({
              minLength: 1,
              maxLength: limits.revealReasonLength,
              description: 'why; kept in the audit log',
            }),
          },
          { description: 'Why it is looked at' },
        ),
      },
    },
    async (request, reply) => {
      const reason = request.body.reason.replaceAll('\0', '\ufffd').toWellFormed().trim()
      if (!/[\p{L}\p{N}]/u.test(reason)) throw new BadRequest('The reason is empty')
      const { reading, slim, span, earlier, links, notices } = await findSpan(parts, request, reply)
      const { execution } = reading.found
      const { workspace, subject } = request.principal
      const redactor = await parts.redactorOf(workspace)
      await parts.store.audit.append([
        {
          workspace,
          subject,
          action: 'reveal',
          workflowId: execution.workflowId,
          executionId: execution.key.executionId,
          traceId: slim.traceId,
          spanId: slim.spanId,
          reason: redactText(reason, redactor, execution.workflowId).text,
        },
      ])
      parts.metrics.reveals.inc()
      const view = { ...unmasked, artifacts: reading.view.artifacts }
      const detail = presentSpanDetail(slim, span, execution.key.executionId, links, view, earlier)
      return { ...detail, notices: [...detail.notices, ...notices] }
    },
  )
}
