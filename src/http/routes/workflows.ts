import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from 'typebox'
import { limits } from '../../limits.ts'
import type { ExecutionFilter } from '../../store/list-executions.ts'
import { readCursor, signCursor } from '../cursor.ts'
import type { Parts } from '../parts.ts'
import { presentExecution } from '../present/execution.ts'
import { rfc3339OrNull } from '../present/time.ts'
import { viewOf } from '../present/view.ts'
import { markStale } from '../reading.ts'
import { ExecutionStatus } from '../schemas/common.ts'
import { ExecutionRows, Workflows } from '../schemas/executions.ts'

const Query = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: limits.listPageMax, default: limits.listPage }),
  cursor: Type.Optional(Type.String({ maxLength: 1_000 })),
  status: Type.Optional(ExecutionStatus),
  thread_id: Type.Optional(Type.String({ maxLength: limits.maxIdLength })),
  from: Type.Optional(Type.String({ format: 'date-time', description: 'started at or after' })),
  to: Type.Optional(Type.String({ format: 'date-time', description: 'started at or before' })),
  min_duration_ms: Type.Optional(Type.Number({ minimum: 0 })),
  q: Type.Optional(Type.String({ maxLength: 200, description: 'part of the id, the name or the error' })),
  include_steps: Type.Optional(
    Type.Boolean({ description: 'what Canvas asks; `steps` is empty either way: the trace has them' }),
  ),
})

/** Lists never answer 404: what is missing or out of reach is empty. */
export const workflows: FastifyPluginAsyncTypebox<{ parts: Parts }> = async (app, { parts }) => {
  const { read } = parts.store

  app.get(
    '/api/workflows',
    {
      config: {
        described: {
          tag: 'workflows',
          answers: {
            200: {
              description: 'The workflows that the token may see; empty when there are none.',
              headers: ['x-trace-stale'],
            },
          },
        },
      },
      schema: { summary: 'Workflows with executions', response: { 200: Workflows } },
    },
    async (request, reply) => {
      const { value, stale } = await read.workflows(request.principal)
      markStale(reply, stale)
      return value.map((workflow) => ({
        workflow_id: workflow.workflowId,
        execution_count: workflow.executionCount,
        last_started_at: rfc3339OrNull(workflow.lastStartedNs),
      }))
    },
  )

  app.get(
    '/api/workflows/:workflow/executions',
    {
      config: {
        described: {
          tag: 'workflows',
          answers: {
            200: {
              description: 'A page of executions; empty when the workflow is unknown or out of reach.',
              headers: ['link', 'x-trace-stale'],
            },
          },
        },
      },
      schema: {
        summary: 'Executions of a workflow, the newest first',
        description: 'A bare array, as Canvas reads it; the next page is in the Link header.',
        params: Type.Object({
          workflow: Type.String({ description: 'an id, or an alias from the configuration' }),
        }),
        querystring: Query,
        response: { 200: ExecutionRows },
      },
    },
    async (request, reply) => {
      const workflowId = parts.config.aliases.get(request.params.workflow) ?? request.params.workflow
      const key = await parts.store.key('', 'cursors')
      const scope = `executions\0${workflowId}`
      const { value, stale } = await read.executions(request.principal, {
        ...filterOf(workflowId, request.query, key, scope),
        inErrors: request.principal.scopes.has('content:read'),
      })
      markStale(reply, stale)
      const last = value.at(-1)
      if (last !== undefined && value.length === request.query.limit) {
        const place: Place = [String(last.startedNs ?? 0n), last.key.executionId]
        const next = new URLSearchParams(request.url.split('?')[1])
        next.set('cursor', signCursor(key, scope, place))
        reply.header('link', `<?${next}>; rel="next"`)
      }
      const redactor = await parts.redactorOf(request.principal.workspace)
      const view = viewOf(request.principal, redactor, workflowId)
      return value.map((execution) => presentExecution(execution, view))
    },
  )
}

/** Start in nanoseconds and execution id of the last row. */
type Place = [string, string]

function filterOf(
  workflowId: string,
  query: Static<typeof Query>,
  key: Buffer,
  scope: string,
): ExecutionFilter {
  const filter: ExecutionFilter = { workflowId, limit: query.limit }
  if (query.status !== undefined) filter.status = query.status
  if (query.thread_id !== undefined) filter.threadId = query.thread_id
  if (query.from !== undefined) filter.fromNs = nanoseconds(query.from)
  if (query.to !== undefined) filter.toNs = nanoseconds(query.to)
  if (query.min_duration_ms !== undefined)
    filter.minDurationNs = BigInt(Math.round(query.min_duration_ms * 1e6))
  if (query.q !== undefined && query.q !== '') filter.text = query.q
  if (query.cursor !== undefined) {
    const [startedNs, executionId] = readCursor<Place>(key, scope, query.cursor)
    filter.after = { startedNs: BigInt(startedNs), executionId }
  }
  return filter
}

const nanoseconds = (time: string) => BigInt(Date.parse(time)) * 1_000_000n
