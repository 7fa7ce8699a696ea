import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { limits } from '../../limits.ts'
import { spanKey } from '../../store/load-spans.ts'
import type { SlimSpan } from '../../tree/slim-span.ts'
import type { Parts } from '../parts.ts'
import { presentArtifacts } from '../present/artifact.ts'
import { dashboardLinks } from '../present/dashboards.ts'
import { realmWord } from '../present/execution.ts'
import { presentSummary } from '../present/summary.ts'
import { type Reading, readExecution, type TreeReading } from '../reading.ts'
import type { Artifact, Notice } from '../schemas/common.ts'
import { ChooseQuery, ExecutionParams } from '../schemas/requests.ts'
import { Summary } from '../schemas/trace.ts'

/** Milliseconds without new spans after which a running execution is told to have no end in sight. */
const NO_END_AFTER_MS = 60 * 60 * 1000

/** Totals of an execution and what its reader must know. */
export const summary: FastifyPluginAsyncTypebox<{ parts: Parts }> = async (app, { parts }) => {
  app.get(
    '/api/executions/:execution/trace/summary',
    {
      schema: {
        summary: 'Totals, by model and by node, and notices',
        params: ExecutionParams,
        querystring: ChooseQuery,
        response: { 200: Summary },
      },
    },
    async (request, reply) => {
      const reading = await readExecution(parts, request, reply)
      const { found, tree, view } = reading
      reply.header('cache-control', 'private, no-store')
      const links = dashboardLinks(parts.config.dashboards, 'header', found.execution, null)
      return presentSummary(
        found,
        tree,
        { notices: noticesOf(reading, parts.now()), links, artifacts: await artifactsOf(parts, reading) },
        view,
      )
    },
  )
}

/** At most `limits.summaryArtifacts`: what spans refer to, and what came for the execution. */
async function artifactsOf({ store }: Parts, { found, tree, view }: TreeReading): Promise<Artifact[]> {
  const spans = Array.from(tree.order.positions, (position) => tree.spans[position] as SlimSpan)
    .filter((span, row) => span.artifactCount > 0 && tree.subExecutions[row] === null)
    .slice(0, limits.summaryArtifacts)
  const references = await store.artifacts.references(found.execution.realm, spans)
  const bySpan = spans.map((span) => [span.spanId, references.get(spanKey(span)) ?? []] as const)
  return presentArtifacts(bySpan, view.artifacts, view.mask).slice(0, limits.summaryArtifacts)
}

function noticesOf({ found }: Reading, nowMs: number): Notice[] {
  const { execution, others } = found
  const notices: Notice[] = [...execution.notices]
  if (execution.status === 'running' && nowMs - execution.lastSpanAt.getTime() > NO_END_AFTER_MS) {
    notices.push({ code: 'no_end_seen', message: 'No span has come for an hour, and the end was not seen' })
  }
  if (others.length > 0) {
    const choices = others.map((other) => `${other.workflowId} (?realm=${realmWord(other.realm)})`)
    const message = `Other grants wrote executions of this id too; this is the first. Others: ${choices.join(', ')}`
    notices.push({ code: 'several_executions', message, count: others.length })
  }
  return notices
}
