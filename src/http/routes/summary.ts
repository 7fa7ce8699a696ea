import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { limits } from '../../limits.ts'
import type { Principal } from '../../model/principal.ts'
import type { FoundExecution } from '../../store/find-execution.ts'
import { spanKey } from '../../store/load-spans.ts'
import type { Analysis } from '../../tree/analysis.ts'
import { sumMoney } from '../../tree/money.ts'
import { addTokens, NO_TOKENS } from '../../tree/usage.ts'
import { notModified } from '../etag.ts'
import type { Parts } from '../parts.ts'
import { presentArtifacts } from '../present/artifact.ts'
import { dashboardLinks } from '../present/dashboards.ts'
import { realmWord } from '../present/execution.ts'
import { presentSummary } from '../present/summary.ts'
import { presentMoney, presentTokens } from '../present/usage.ts'
import { findReading, type Reading } from '../reading.ts'
import type { Artifact, Notice } from '../schemas/common.ts'
import { ChooseQuery, ExecutionParams } from '../schemas/requests.ts'
import { Summary } from '../schemas/trace.ts'

/** Milliseconds without new spans after which a running execution is told to have no end in sight. */
const NO_END_AFTER_MS = 60 * 60 * 1000

/** Executions that are summed up with one. */
const CHILDREN = 50

/** Totals of an execution and what its reader must know. */
export const summary: FastifyPluginAsyncTypebox<{ parts: Parts }> = async (app, { parts }) => {
  app.get(
    '/api/executions/:execution/trace/summary',
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
        summary: 'Totals, by model and by node, and notices',
        params: ExecutionParams,
        querystring: ChooseQuery,
        response: { 200: Summary },
      },
    },
    async (request, reply) => {
      const reading = await findReading(parts, request, reply)
      const { found, view, stale } = reading
      const analysis = await parts.store.read.analysis(found, stale)
      const children = await withChildren(parts, request.principal, found, analysis)
      const answer = presentSummary(
        found,
        analysis,
        {
          notices: noticesOf(reading, parts.now()),
          links: dashboardLinks(parts.config.dashboards, 'header', found.execution, null),
          artifacts: await artifactsOf(parts, reading, analysis),
          ...(children === null ? {} : { including_children: children }),
        },
        view,
      )
      // artifacts and executions below change without this one: the tag is of the answer itself
      return notModified(request, reply, reading, answer) ? undefined : answer
    },
  )
}

/** At most `limits.summaryArtifacts`: what spans refer to, and what came for the execution. */
async function artifactsOf(
  { store }: Parts,
  { found, view }: Reading,
  { withArtifacts }: Analysis,
): Promise<Artifact[]> {
  const spans = withArtifacts.slice(0, limits.summaryArtifacts)
  const references = await store.artifacts.references(found.execution.realm, spans)
  const bySpan = spans.map((span) => [span.spanId, references.get(spanKey(span)) ?? []] as const)
  return presentArtifacts(bySpan, view).slice(0, limits.summaryArtifacts)
}

/** Totals with the executions that begin in this one, and in those; null = none, too many, or not all visible. */
async function withChildren(
  { store: { read } }: Parts,
  principal: Principal,
  { execution }: FoundExecution,
  analysis: Analysis,
): Promise<NonNullable<Summary['including_children']> | null> {
  const tokens = { ...NO_TOKENS }
  const seen = new Set([execution.key.executionId])
  let spanCount = execution.spanCount
  let money = execution.money
  addTokens(tokens, execution.tokens)
  for (let next = analysis.children; ; ) {
    const ids = next.filter((id) => !seen.has(id))
    if (ids.length === 0) break
    for (const id of ids) seen.add(id)
    if (seen.size > CHILDREN) return null
    const records = await read.records(principal, execution.realm, ids)
    if (records.length < ids.length) return null
    next = []
    for (const record of records) {
      spanCount += record.spanCount
      money = sumMoney(money, record.money)
      addTokens(tokens, record.tokens)
      next.push(...(await read.analysisOf(record)).children)
    }
  }
  if (seen.size === 1) return null
  return { span_count: spanCount, tokens: presentTokens(tokens), cost: presentMoney(money) }
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
