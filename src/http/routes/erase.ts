import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { NotFound } from '../../errors.ts'
import { limits } from '../../limits.ts'
import type { Parts } from '../parts.ts'
import { Problem } from '../schemas/common.ts'
import { EraseReceipt } from '../schemas/erase.ts'
import { ExecutionParams } from '../schemas/requests.ts'

/** Erases an execution for good: its spans, logs, messages, artifacts and roll-ups. */
export const erase: FastifyPluginAsyncTypebox<{ parts: Parts }> = async (app, { parts }) => {
  app.delete(
    '/api/executions/:execution',
    {
      config: {
        scope: 'traces:delete',
        described: {
          tag: 'executions',
          answers: { 200: { description: 'The receipt: nothing of it is left.' } },
        },
      },
      handlerTimeout: limits.transferTimeoutMs,
      schema: {
        summary: 'Erases every execution of an id that the token may delete',
        description:
          'Late spans of it are refused from then on (partial success, reason erased). In a trace that several executions share, only its own spans go. A second time there is nothing left: 404.',
        params: ExecutionParams,
        querystring: Type.Object({
          workflow: Type.Optional(
            Type.String({ maxLength: limits.maxIdLength, description: 'only executions of this workflow' }),
          ),
        }),
        response: { 200: EraseReceipt, 404: Problem },
      },
    },
    async (request) => {
      const { workflow } = request.query
      const narrowed = workflow === undefined ? null : (parts.config.aliases.get(workflow) ?? workflow)
      const receipt = await parts.store.erase(request.principal, request.params.execution, narrowed)
      if (receipt === null) throw new NotFound()
      return {
        receipt_id: receipt.receiptId,
        execution_id: receipt.executionId,
        erased_at: receipt.erasedAt.toISOString(),
        executions: receipt.executions,
        spans: receipt.spans,
        artifacts: receipt.artifacts,
        traces: receipt.traces,
      }
    },
  )
}
