import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { BadRequest } from '../../errors.ts'
import { limits } from '../../limits.ts'
import { addNodeStats, type NodeStats } from '../../tree/node-stats.ts'
import type { Parts } from '../parts.ts'
import { presentStats } from '../present/stats.ts'
import { viewOf } from '../present/view.ts'
import { markStale } from '../reading.ts'
import { Stats } from '../schemas/compare.ts'

const DAY_MS = 86_400_000

/** What a workflow's executions of a window were, as a whole and node by node. Never 404, as lists. */
export const stats: FastifyPluginAsyncTypebox<{ parts: Parts }> = async (app, { parts }) => {
  app.get(
    '/api/workflows/:workflow/stats',
    {
      config: {
        described: {
          tag: 'workflows',
          answers: {
            200: {
              description: 'The numbers; all 0 or null when the workflow is unknown or out of reach.',
              headers: ['x-trace-stale'],
            },
          },
        },
      },
      schema: {
        summary: 'Runs, errors, times, tokens and cost of a workflow and its nodes over a window',
        description: `Made of the newest ${limits.statsExecutions} executions of the window, and of the nodes of the newest ${limits.statsNodeExecutions} with at most ${limits.statsNodeSpans} spans together; the answer says when there were more.`,
        params: Type.Object({
          workflow: Type.String({ description: 'an id, or an alias from the configuration' }),
        }),
        querystring: Type.Object({
          from: Type.Optional(
            Type.String({
              format: 'date-time',
              description: `${limits.statsDays} days before \`to\` where not given`,
            }),
          ),
          to: Type.Optional(Type.String({ format: 'date-time', description: 'now where not given' })),
        }),
        response: { 200: Stats },
      },
    },
    async (request, reply) => {
      const { read } = parts.store
      const { principal } = request
      const workflowId = parts.config.aliases.get(request.params.workflow) ?? request.params.workflow
      const window = windowOf(request.query, parts.now())
      const { value: newest, stale } = await read.newestExecutions(principal, {
        workflowId,
        fromNs: BigInt(window.fromMs) * 1_000_000n,
        toNs: BigInt(window.toMs) * 1_000_000n,
        limit: limits.statsExecutions + 1,
      })
      markStale(reply, stale)
      const executions = newest.slice(0, limits.statsExecutions)
      const nodes = new Map<string, NodeStats>()
      let spans = 0
      let counted = 0
      for (const execution of executions.slice(0, limits.statsNodeExecutions)) {
        spans += execution.spanCount
        if (spans > limits.statsNodeSpans) break
        addNodeStats(nodes, await read.treeOf(execution))
        counted += 1
      }
      const redactor = await parts.redactorOf(principal.workspace)
      reply.header('cache-control', 'private, no-store')
      return presentStats(
        { workflowId, ...window, executions, more: newest.length > executions.length, counted },
        [...nodes.values()],
        viewOf(principal, redactor, workflowId),
      )
    },
  )
}

function windowOf(
  { from, to }: { from?: string; to?: string },
  nowMs: number,
): { fromMs: number; toMs: number } {
  const toMs = to === undefined ? nowMs : Date.parse(to)
  const fromMs = from === undefined ? toMs - limits.statsDays * DAY_MS : Date.parse(from)
  if (fromMs > toMs || toMs - fromMs > limits.statsDaysMax * DAY_MS) {
    throw new BadRequest(`from must come before to, by ${limits.statsDaysMax} days at most`)
  }
  return { fromMs, toMs }
}
