import {
  type Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js'
import { Undecodable } from '../errors.ts'
import type { Ticket } from '../ingest/admission.ts'
import type { Body, Ingest } from '../ingest/index.ts'
import type { Logger } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { Principal, Scope } from '../model/principal.ts'
import { encodeLogsResponse, encodeMetricsResponse, encodeTraceResponse } from '../otlp/index.ts'
import { type Admitted, authentication } from './authentication.ts'
import { logsService, metricsService, traceService } from './services.ts'
import { statusOf } from './status.ts'

export interface GrpcParts {
  walk: Ingest
  log: Logger
  metrics: Metrics
  maxBodyBytes: number
  /** The bearer of an `authorization` value. Rejects with Unauthenticated or ScopeMissing. */
  principalOf: (authorization: string | undefined, scope: Scope) => Promise<Principal>
}

/** OTLP over gRPC, listening. */
export interface GrpcServer {
  port: number
  /** Takes no new calls, lets those in flight end, and cuts what is left after `ms`. */
  close(ms: number): Promise<void>
}

/** Calls at a time on one connection. */
const MOST_CALLS = 32
/** Milliseconds: whoever is quiet for so long is asked if he is still there, and has as long to say so. */
const QUIET_MS = 30_000

/**
 * Serves OTLP/gRPC without TLS, as the HTTP listener does. The same walk, limits and answers as over HTTP.
 * Rejects when it cannot listen there.
 */
export async function startGrpc(parts: GrpcParts, host: string, port: number): Promise<GrpcServer> {
  const { walk, metrics, principalOf } = parts
  const admitted = new WeakMap<Metadata, Admitted>()
  const entrance = authentication(
    {
      principalOf,
      admission: walk.admission,
      refused: (route, error) => logRefused(parts.log, route, error),
      answered(route, code, seconds) {
        metrics.requests.inc({ route, method: 'grpc', status: String(code) })
        metrics.requestSeconds.observe({ route }, seconds)
      },
    },
    admitted,
  )
  const server = new Server({
    'grpc.max_receive_message_length': parts.maxBodyBytes,
    'grpc.max_concurrent_streams': MOST_CALLS,
    'grpc.keepalive_time_ms': QUIET_MS,
    'grpc.keepalive_timeout_ms': QUIET_MS,
    interceptors: [entrance],
  })
  const serve = (work: Work) => ({
    Export(call: Call, callback: Callback) {
      void whole(admitted.get(call.metadata) as Admitted, call.request, work).then(
        (bytes) => callback(null, bytes),
        (error) => {
          logRefused(parts.log, call.getPath(), error)
          callback(statusOf(error))
        },
      )
    },
  })
  server.addService(
    traceService,
    serve(async (...from) => encodeTraceResponse('protobuf', await walk.traces(...from))),
  )
  server.addService(
    logsService,
    serve(async (...from) => encodeLogsResponse('protobuf', await walk.logs(...from))),
  )
  server.addService(
    metricsService,
    serve(async () =>
      encodeMetricsResponse('protobuf', { rejected: 0, message: 'workflow-trace stores no metrics' }),
    ),
  )
  const taken = await bind(server, `${host.includes(':') ? `[${host}]` : host}:${port}`)
  return { port: taken, close: (ms) => closeWithin(server, ms) }
}

type Call = ServerUnaryCall<Buffer, Buffer>
type Callback = sendUnaryData<Buffer>
type Work = (principal: Principal, body: Body, ticket: Ticket) => Promise<Buffer>

/** Logs what is ours to mend; no word of the message or the caller. */
function logRefused(log: Logger, route: string, error: unknown): void {
  const { code } = statusOf(error)
  if (code === status.UNAVAILABLE) log.warn({ err: error, route }, 'refused for now')
  else if (code === status.INTERNAL) log.error({ err: error, route }, 'request failed')
}

/** The work on a message that is there as a whole. Its bytes are given back when that ends, which may be after the answer. */
async function whole(entry: Admitted, bytes: Buffer, work: Work): Promise<Buffer> {
  const { principal, ticket, codec } = entry
  entry.working = true
  try {
    if (codec === null) throw new Undecodable('it is compressed, and grpc-encoding does not say how')
    return await work(principal, { bytes, codec, encoding: 'protobuf' }, ticket)
  } finally {
    ticket.release()
  }
}

function bind(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port)
      else reject(error)
    })
  })
}

async function closeWithin(server: Server, ms: number): Promise<void> {
  const late = setTimeout(() => server.forceShutdown(), ms)
  await new Promise<void>((resolve) => server.tryShutdown(() => resolve()))
  clearTimeout(late)
}
