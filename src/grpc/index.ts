import {
  type Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
} from '@grpc/grpc-js'
import { TimedOut } from '../errors.ts'
import type { Ticket } from '../ingest/admission.ts'
import type { Body, Ingest } from '../ingest/index.ts'
import { limits } from '../limits.ts'
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

/**
 * Serves OTLP/gRPC without TLS, as the HTTP listener does. The same walk, limits and answers as over HTTP.
 * Rejects when it cannot listen there.
 */
export async function startGrpc(parts: GrpcParts, host: string, port: number): Promise<GrpcServer> {
  const { walk } = parts
  const admitted = new WeakMap<Metadata, Admitted>()
  const server = new Server({
    'grpc.max_receive_message_length': parts.maxBodyBytes,
    'grpc.max_concurrent_streams': MOST_CALLS,
    interceptors: [authentication(parts.principalOf, walk.admission, admitted)],
  })
  const serve = (work: Work) => {
    const answer = answerOf(parts, admitted, work)
    return { Export: (call: Call, callback: Callback) => void answer(call).then(...settle(callback)) }
  }
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

const settle = (callback: Callback): [(bytes: Buffer) => void, (error: unknown) => void] => [
  (bytes) => callback(null, bytes),
  (error) => callback(statusOf(error)),
]

/**
 * Runs the work of a call: within the deadline, counted, and what is ours to mend is logged. Its bytes are given back
 * when the work ends, which may be after the answer.
 */
function answerOf({ log, metrics }: GrpcParts, admitted: WeakMap<Metadata, Admitted>, work: Work) {
  return async (call: Call): Promise<Buffer> => {
    const began = performance.now()
    const route = call.getPath()
    let code = 0
    try {
      const entry = admitted.get(call.metadata) as Admitted
      return await withinDeadline(whole(entry, call.request, work))
    } catch (error) {
      code = statusOf(error).code ?? 13
      if (code === 14) log.warn({ err: error, route }, 'refused for now')
      else if (code === 13) log.error({ err: error, route }, 'request failed')
      throw error
    } finally {
      metrics.requests.inc({ route, method: 'grpc', status: String(code) })
      metrics.requestSeconds.observe({ route }, (performance.now() - began) / 1000)
    }
  }
}

/** The work on a message that is there as a whole. */
async function whole(entry: Admitted, bytes: Buffer, work: Work): Promise<Buffer> {
  const { principal, ticket, received } = entry
  entry.working = true
  try {
    ticket.grow(Math.max(0, bytes.length - received))
    return await work(principal, { bytes, codec: '', encoding: 'protobuf' }, ticket)
  } finally {
    ticket.release()
  }
}

/** Rejects with TimedOut before an exporter gives up; the work goes on, and its spans may still be stored. */
function withinDeadline<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TimedOut()), limits.handlerTimeoutMs)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
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
