import type { FastifyInstance, FastifyReply } from 'fastify'
import fastify from 'fastify'
import { page } from '../../src/http/routes/page.ts'
import type { JourneyTarget } from './journey.ts'
import { comparisonOf } from './sample-compare.ts'
import { hardSamples } from './sample-hard.ts'
import { filteredPage, type PageQuery } from './sample-search.ts'
import { statsOf } from './sample-stats.ts'
import { createStreams, type SampleStreams } from './sample-stream.ts'
import { rowOf, summaryOf } from './sample-summary.ts'
import { iso, makeSample, type Sample, spanDetail } from './sample-trace.ts'

export const TOKEN = tokenFor('acme', 'traces:read content:read artifacts:read content:reveal')
export const OTHER_TOKEN = tokenFor('globex')
export const WORKFLOW = 'support-triage'

/** A service that answers the tab's reads with generated executions, over real HTTP. */
/** What a journey through the sample looks for. */
export const sampleTarget = ({ url }: Pick<SampleService, 'url'>): JourneyTarget => ({
  url,
  token: TOKEN,
  otherToken: OTHER_TOKEN,
  workflow: WORKFLOW,
  execution: 'exec-0418',
  other: 'exec-0419',
  prompt: /two-person tent/,
  answer: /by express/,
})

export interface SampleService {
  url: string
  samples: Map<string, Sample>
  /** Requests by path, with how often each came. */
  seen: Map<string, number>
  reports: string[]
  streams: SampleStreams
  /** Answers every read with this status while it is set. */
  breakWith: (status: number | null) => void
  close: () => Promise<void>
}

/** What the token says, unsigned: these answers look only at the workspace. */
function tokenFor(workspace: string, scope = 'traces:read'): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'none' })}.${part({ workspace, scope })}.x`
}

function withoutBase(base: string, url: string): string {
  return url.startsWith(`${base}/`) ? url.slice(base.length) : url
}

export async function startSampleService(
  options: { basePath?: string; big?: boolean; hard?: boolean } = {},
): Promise<SampleService> {
  const base = options.basePath ?? ''
  // As the server does: the base path is taken off before a route is looked for.
  const app = fastify({ rewriteUrl: (request) => withoutBase(base, request.url ?? '/') })
  const samples = new Map<string, Sample>()
  const streams = createStreams()
  const seen = new Map<string, number>()
  const reports: string[] = []
  let broken: number | null = null
  const now = Date.now()
  const minutes = 60_000
  const add = (id: string, spans: number, ago: number, status: Sample['status'], more = {}) =>
    samples.set(
      id,
      makeSample({
        id,
        workflow: WORKFLOW,
        spans,
        startedAt: now - ago,
        status,
        seed: samples.size + 1,
        ...more,
      }),
    )
  add('exec-live', 38, 42_000, 'running')
  add('exec-0419', 500, 9 * minutes, 'completed')
  add('exec-0418', 42, 31 * minutes, 'failed')
  add('exec-0417', 60, 66 * minutes, 'completed', { orphans: true })
  add('exec-0416', 1, 200 * minutes, 'cancelled')
  add('exec-empty', 0, 300 * minutes, 'completed')
  samples.get('exec-empty')?.list.splice(0)
  if (options.big) {
    add('exec-10k', 10_000, 500 * minutes, 'completed')
    add('exec-50k', 50_000, 600 * minutes, 'completed')
    add('exec-60k', 60_000, 700 * minutes, 'completed')
    add('exec-live-2k', 2_200, 30_000, 'running')
    add('exec-200-nodes', 1_400, 800 * minutes, 'completed', { nodes: 200 })
  }

  if (options.hard) for (const sample of hardSamples(WORKFLOW, now)) samples.set(sample.id, sample)

  app.addHook('onRequest', async (request) => {
    seen.set(request.originalUrl, (seen.get(request.originalUrl) ?? 0) + 1)
  })
  app.addContentTypeParser(
    ['application/csp-report', 'application/reports+json'],
    { parseAs: 'string' },
    (_r, body, done) => done(null, body),
  )
  app.post('/csp', async (request) => {
    reports.push(String(request.body))
    return ''
  })
  await app.register(page, { basePath: base, frameAncestors: [] })
  app.addHook('onSend', async (_request, reply) => {
    const policy = reply.getHeader('content-security-policy')
    if (policy) reply.header('content-security-policy', `${policy}; report-uri ${base}/csp`)
  })
  await app.register(async (api) => routes(api, base, samples, streams, () => broken), { prefix: '/api' })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  return {
    url: url + base,
    samples,
    seen,
    reports,
    streams,
    breakWith: (status) => {
      broken = status
    },
    close: async () => {
      streams.cut(true)
      await app.close()
    },
  }
}

async function routes(
  api: FastifyInstance,
  base: string,
  samples: Map<string, Sample>,
  streams: SampleStreams,
  broken: () => number | null,
): Promise<void> {
  const problem = (reply: FastifyReply, status: number, code: string, detail: string) =>
    reply
      .code(status)
      .type('application/problem+json')
      .send({ type: 'about:blank', title: code, status, detail, code })
  api.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', 'req-1234')
    const status = broken()
    if (status !== null)
      return problem(reply, status, 'TRACE_STORE_UNAVAILABLE', 'The database is away; try again')
    const signed = request.url.includes('-signed/download')
    if (!request.headers.authorization && !signed)
      return problem(reply, 401, 'TRACE_UNAUTHENTICATED', 'Send a bearer token')
    if (request.headers.authorization?.includes('no-scope')) {
      return problem(reply, 403, 'TRACE_SCOPE_MISSING', 'The token lacks the scope traces:read')
    }
    return undefined
  })
  const mine = (authorization: string | undefined) => authorization === `Bearer ${TOKEN}`
  type Request = { Params: { id: string; span: string }; Querystring: PageQuery }
  const find = (request: { params: { id: string }; headers: { authorization?: string | undefined } }) =>
    mine(request.headers.authorization) ? samples.get(request.params.id) : undefined
  const gone = (reply: FastifyReply) =>
    problem(reply, 404, 'TRACE_NOT_FOUND', 'It does not exist, or the token may not see it')

  api.get('/workflows', async (request) =>
    mine(request.headers.authorization)
      ? [
          { workflow_id: WORKFLOW, execution_count: samples.size, last_started_at: new Date().toISOString() },
          { workflow_id: 'invoice-intake', execution_count: 1204, last_started_at: '2026-11-20T08:00:00Z' },
        ]
      : [],
  )
  api.get<Request & { Querystring: { status?: string } }>('/workflows/:id/executions', async (request) =>
    mine(request.headers.authorization) && request.params.id === WORKFLOW
      ? [...samples.values()]
          .map(rowOf)
          .filter((row) => !request.query.status || row.status === request.query.status)
      : [],
  )
  api.get<Request>('/workflows/:id/stats', async () => statsOf([...samples.values()]))
  api.get<Request>('/executions/:id/trace', async (request, reply) => {
    const sample = find(request)
    if (!sample) return gone(reply)
    return filteredPage(sample, request.query)
  })
  api.get<Request & { Querystring: { since: string } }>('/executions/:id/trace/stream', (request, reply) => {
    const sample = find(request)
    if (sample) streams.open(sample, request.query.since, reply)
    else void gone(reply)
  })
  api.get<Request>('/executions/:id/trace/export', async (request, reply) =>
    reply
      .header('content-disposition', `attachment; filename="${request.params.id}.otlp.json"`)
      .send({ resourceSpans: [] }),
  )
  api.post<Request & { Body: { reason: string } }>(
    '/executions/:id/spans/:span/reveal',
    async (request, reply) => {
      const sample = find(request)
      const span = sample?.list.find((one) => one.id === request.params.span)
      if (!sample || !span) return gone(reply)
      return JSON.parse(
        JSON.stringify(spanDetail(sample, span)).replaceAll('[redacted:phone]', '+47 555 01 99'),
      )
    },
  )
  api.post<Request>('/artifacts/:id/link', async (request, reply) => {
    if (request.params.id.endsWith('gone')) return gone(reply)
    return {
      url: `${base}/api/artifacts/${request.params.id}-signed/download`,
      expires_at: iso(Date.now() + 60_000),
    }
  })
  api.get<Request>('/executions/:id/trace/summary', async (request, reply) => {
    const sample = find(request)
    return sample ? summaryOf(sample) : gone(reply)
  })
  api.get<{ Params: { id: string; other: string } }>(
    '/executions/:id/compare/:other',
    async (request, reply) => {
      const sample = find(request)
      const other = samples.get(request.params.other)
      return sample && other ? comparisonOf(sample, other) : gone(reply)
    },
  )
  api.get<Request>('/executions/:id/spans/:span', async (request, reply) => {
    const sample = find(request)
    const span = sample?.list.find((one) => one.id === request.params.span)
    return sample && span ? spanDetail(sample, span) : gone(reply)
  })
  api.get<Request>('/artifacts/:id/download', async (request, reply) =>
    mine(request.headers.authorization) || request.params.id.endsWith('-signed')
      ? reply
          .header('content-disposition', 'attachment; filename="reply.pdf"')
          .type('application/pdf')
          .send('%PDF-1.7')
      : gone(reply),
  )
}
