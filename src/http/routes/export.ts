import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { limits } from '../../limits.ts'
import type { SpanId } from '../../store/load-spans.ts'
import { daysOf } from '../../store/load-structure.ts'
import type { SlimSpan } from '../../tree/slim-span.ts'
import { attachment } from '../content-disposition.ts'
import type { Parts } from '../parts.ts'
import { allowLongRequest } from '../plugins/long-requests.ts'
import { exportDocument } from '../present/export.ts'
import { readExecution } from '../reading.ts'
import { Problem } from '../schemas/common.ts'
import { ExportTraceRequest } from '../schemas/otlp.ts'
import { ChooseQuery, ExecutionParams } from '../schemas/requests.ts'

/** An execution as OTLP/JSON: what any OTLP receiver takes, this one included. */
export const exportTrace: FastifyPluginAsyncTypebox<{ parts: Parts }> = async (app, { parts }) => {
  app.get(
    '/api/executions/:execution/trace/export',
    {
      handlerTimeout: limits.transferTimeoutMs,
      config: {
        described: {
          tag: 'executions',
          answers: {
            200: {
              description: 'The export, as it is read.',
              headers: ['content-disposition', 'x-trace-stale'],
              content: { 'application/json': { schema: ExportTraceRequest } },
            },
          },
        },
      },
      schema: {
        summary: 'The spans of an execution as OTLP/JSON',
        description:
          'One ExportTraceServiceRequest with the spans of the execution in all its traces, as they were sent: without what was redacted, without content for a token without content:read, with personal data masked. Log records of the spans are beside them as `resourceLogs`. POST it to /v1/traces, and then to /v1/logs, to import it.',
        params: ExecutionParams,
        querystring: ChooseQuery,
        response: {
          200: Type.Unknown({ description: 'an OTLP/JSON ExportTraceServiceRequest' }),
          404: Problem,
        },
      },
    },
    async (request, reply) => {
      const { found, tree, view } = await readExecution(parts, request, reply)
      const ids = Array.from(tree.order.positions.entries())
        .filter(([row]) => tree.subExecutions[row] === null)
        .map(([, position]) => tree.spans[position] as SlimSpan)
      const load = (ids: readonly SpanId[]) =>
        parts.store.read.batches(found.execution.realm, ids, daysOf(found.traces))
      const over = allowLongRequest(request.raw)
      reply.raw.once('close', over)
      return reply
        .header('content-type', 'application/json; charset=utf-8')
        .header('content-disposition', attachment(`trace-${found.execution.key.executionId}.json`))
        .header('cache-control', 'private, no-store')
        .send(Readable.from(exportDocument(load, ids, view), { objectMode: false }))
    },
  )
}
