import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { BadRequest, MethodNotAllowed } from '../../errors.ts'
import type { Ingest } from '../../ingest/index.ts'
import {
  CONTENT_TYPE,
  encodeLogsResponse,
  encodeMetricsResponse,
  encodeTraceResponse,
} from '../../otlp/index.ts'
import type { Described } from '../openapi/described.ts'
import { describedLangfuse, describedLogs, describedMetrics, describedTraces } from '../openapi/exports.ts'
import type { Parts } from '../parts.ts'
import type { Scheme } from '../plugins/auth.ts'
import { bodyOf, encodingOf, holding, otlpBody } from '../plugins/otlp-body.ts'
import { otlpErrors } from '../plugins/otlp-errors.ts'

/** OTLP over HTTP. */
export const ingest: FastifyPluginAsync<{ parts: Parts; walk: Ingest }> = async (app, { parts, walk }) => {
  const signal = async (
    scope: FastifyInstance,
    scheme: Scheme,
    url: string,
    answer: Answer,
    described: Described,
  ) => {
    const config = { config: { scope: 'traces:write' as const, described } }
    await scope.register(otlpErrors, { log: parts.log })
    scope.route({
      method: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      url,
      config: { described: null },
      // before the body is looked at: whatever it is, the method is what is wrong
      onRequest: async (_request, reply) => {
        reply.header('allow', 'POST')
        throw new MethodNotAllowed('POST')
      },
      handler: () => {},
    })
    await scope.register(async (posts) => {
      posts.addHook('onRequest', (request) => posts.authenticate(request, 'traces:write', scheme))
      await posts.register(otlpBody, {
        admission: walk.admission,
        maxBodyBytes: parts.config.maxBodyBytes,
      })
      posts.post(url, config, (request, reply) => holding(request.ticket, () => answer(request, reply)))
    })
  }

  /** 200 only after the store's COMMIT; with `?explain=1` a dry run, whose answer is a report in JSON. */
  const traces: Answer = async (request, reply) => {
    const body = bodyOf(request)
    if (asksForDryRun(request)) {
      const report = await walk.explain(request.principal, body, request.ticket)
      return reply.header('content-type', CONTENT_TYPE.json).send(JSON.stringify(report))
    }
    const result = await walk.traces(request.principal, body, request.ticket)
    return reply
      .header('content-type', CONTENT_TYPE[body.encoding])
      .send(encodeTraceResponse(body.encoding, result))
  }

  const logs: Answer = async (request, reply) => {
    storesForReal(request)
    const body = bodyOf(request)
    const result = await walk.logs(request.principal, body, request.ticket)
    return reply
      .header('content-type', CONTENT_TYPE[body.encoding])
      .send(encodeLogsResponse(body.encoding, result))
  }

  await app.register((scope) => signal(scope, 'bearer', '/v1/traces', traces, describedTraces))
  await app.register((scope) =>
    signal(scope, 'basic', '/api/public/otel/v1/traces', traces, describedLangfuse),
  )
  await app.register((scope) => signal(scope, 'bearer', '/v1/logs', logs, describedLogs))
  await app.register((scope) => signal(scope, 'bearer', '/v1/metrics', refuseMetrics, describedMetrics))
}

type Answer = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

const explainOf = (request: FastifyRequest) => (request.query as { explain?: unknown }).explain

/** Throws BadRequest for whatever looks like a wish for a dry run and is none: a guess would store what was to be looked at. */
function asksForDryRun(request: FastifyRequest): boolean {
  const explain = explainOf(request)
  if (explain !== undefined && explain !== '1') throw new BadRequest('A dry run is asked for by ?explain=1')
  return explain === '1'
}

function storesForReal(request: FastifyRequest): void {
  if (explainOf(request) !== undefined) throw new BadRequest('There is a dry run of traces only')
}

/** Distributions of OpenTelemetry send all signals to one address: metrics are taken and not kept. */
const refuseMetrics: Answer = async (request, reply) => {
  const encoding = encodingOf(request) ?? 'json'
  const result = { rejected: 0, message: 'workflow-trace stores no metrics' }
  return reply.header('content-type', CONTENT_TYPE[encoding]).send(encodeMetricsResponse(encoding, result))
}
