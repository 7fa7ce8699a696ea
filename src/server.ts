import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  LogController,
  type RouteOptions,
} from 'fastify'
import { openapi } from './http/openapi/document.ts'
import type { Parts } from './http/parts.ts'
import { auditDenials } from './http/plugins/audit.ts'
import { auth } from './http/plugins/auth.ts'
import { deadline } from './http/plugins/deadline.ts'
import { errors, refusedBy, sendProblem } from './http/plugins/errors.ts'
import { headers } from './http/plugins/headers.ts'
import { knownQueries } from './http/plugins/known-queries.ts'
import { refuseUnreadable } from './http/plugins/long-requests.ts'
import { readMetrics, requestMetrics } from './http/plugins/metrics.ts'
import { readCounters, readRateLimit } from './http/plugins/rate-limit.ts'
import { redactedIds } from './http/plugins/redacted-ids.ts'
import { secondWall } from './http/plugins/second-wall.ts'
import { api } from './http/routes/api.ts'
import { artifacts } from './http/routes/artifacts.ts'
import { docs } from './http/routes/docs.ts'
import { type AdminParts, health } from './http/routes/health.ts'
import { ingest } from './http/routes/ingest.ts'
import { page } from './http/routes/page.ts'
import { Ingest } from './ingest/index.ts'
import { limits } from './limits.ts'

/** Milliseconds: a request's head, its whole, and an idle connection (longer than proxies keep theirs). */
const headersTimeout = 15_000
const requestTimeout = 30_000
const keepAliveTimeout = 72_000

/**
 * The main listener: ingest, API and page. Not listening yet; `close()` finishes what is in flight. `walk` is
 * shared with OTLP/gRPC, so that both take from one budget. `onRoute` is told of every route.
 */
export async function buildServer(
  parts: Parts,
  walk = new Ingest(parts),
  onRoute: (route: RouteOptions) => void = () => {},
): Promise<FastifyInstance> {
  const { config, log, metrics, keys } = parts
  const app = fastify({
    ...common(log),
    bodyLimit: config.maxBodyBytes,
    handlerTimeout: limits.handlerTimeoutMs,
    requestTimeout,
    keepAliveTimeout,
    http: { headersTimeout },
    clientErrorHandler: refuseUnreadable,
    forceCloseConnections: 'idle',
    // What comes on a connection that is still open is answered, and the answer ends the connection.
    return503OnClosing: false,
    rewriteUrl: (request) => withoutBase(config.basePath, request.url ?? '/'),
  })
  app.addHook('onRoute', onRoute)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    if (parts.draining()) reply.header('connection', 'close')
  })
  await app.register(requestMetrics, { metrics })
  await app.register(deadline)
  await app.register(errors, { log })
  await app.register(headers, { config })
  await app.register(auth, { keys, log, store: parts.store, redactorOf: parts.redactorOf, now: parts.now })
  await app.register(auditDenials, { parts })
  await app.register(readCounters)
  await app.register(openapi, { basePath: config.basePath })
  await app.register(docs)
  await app.register(ingest, { parts, walk })
  app.addHook('onClose', async () => walk.close())
  await app.register(page, { basePath: config.basePath, frameAncestors: config.frameAncestors })
  await app.register(artifacts, { parts })
  await app.register(async (reads) => {
    reads.addHook('onRequest', (request) =>
      reads.authenticate(request, request.routeOptions.config.scope ?? 'traces:read'),
    )
    await reads.register(readRateLimit)
    await reads.register(knownQueries)
    await reads.register(readMetrics, { metrics })
    await reads.register(redactedIds, { parts })
    await reads.register(secondWall, { store: parts.store })
    await reads.register(api, { parts })
  })
  return app
}

/** The admin listener: health and metrics, never on the public port. */
export async function buildAdmin(parts: AdminParts) {
  const app = fastify({ ...common(parts.log), requestTimeout: headersTimeout, forceCloseConnections: true })
  await app.register(errors, { log: parts.log })
  await app.register(health, { parts })
  return app
}

function common(log: Parts['log']) {
  return {
    loggerInstance: log as FastifyBaseLogger,
    // Fastify's own lines hold URLs; ours say the route.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId,
    routerOptions: { maxParamLength: 1024 },
    frameworkErrors: (error: FastifyError, _request: unknown, reply: Parameters<typeof sendProblem>[0]) =>
      sendProblem(reply, refusedBy(error)),
  }
}

/** The caller's request id when it is harmless in a log, else one of ours. */
function genReqId(request: { headers: IncomingMessage['headers'] }): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID()
}

/** Behind a proxy the base path may come with the request or may have been taken off: both work. */
function withoutBase(base: string, url: string): string {
  if (base === '' || !url.startsWith(base)) return url
  const rest = url.slice(base.length)
  if (rest === '' || rest.startsWith('?')) return `/${rest}`
  return rest.startsWith('/') ? rest : url
}
