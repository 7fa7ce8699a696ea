import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2'
import type { status } from '@grpc/grpc-js'
import { type GrpcParts, startGrpc } from '../../src/grpc/index.ts'
import { Ingest } from '../../src/ingest/index.ts'
import { bearer, service } from './service.ts'

interface Test {
  teardown(clean: () => Promise<unknown>): void
}

/** What a test makes different about a door. */
interface Over extends Partial<Pick<GrpcParts, 'principalOf'>> {
  maxInFlightBytes?: number
}

/** The gRPC door of a service, with the store that keeps what comes. */
export async function door(
  t: Test,
  env: Record<string, string> = {},
  { maxInFlightBytes, ...over }: Over = {},
) {
  const { app, store, parts, log, url } = await service(t, env)
  const config = { ...parts.config, ...(maxInFlightBytes === undefined ? {} : { maxInFlightBytes }) }
  const walk = new Ingest({ ...parts, config })
  const server = await startGrpc(
    {
      walk,
      log: parts.log,
      metrics: parts.metrics,
      maxBodyBytes: parts.config.maxBodyBytes,
      principalOf: app.principalOf.bind(app),
      ...over,
    },
    '127.0.0.1',
    0,
  )
  t.teardown(async () => {
    await server.close(1_000)
    walk.close()
  })
  const metrics = () => parts.metrics.registry.metrics()
  /** Bytes that calls hold together. */
  const held = async () => Number(/^trace_ingest_in_flight_bytes (\d+)$/m.exec(await metrics())?.[1])
  return { grpcUrl: `http://127.0.0.1:${server.port}`, url, store, server, parts, log, metrics, held }
}

/** A connection to a door, without a client's help. */
export function connection(t: Test, grpcUrl: string): ClientHttp2Session {
  const session = connect(grpcUrl)
  session.on('error', () => {})
  t.teardown(async () => session.destroy())
  return session
}

/** A message in gRPC's frame: a flag, a length, the bytes. */
export function framed(message: Buffer, flag = 0): Buffer {
  const head = Buffer.alloc(5)
  head[0] = flag
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

/** A call that was begun and nothing sent of. */
export function begun(session: ClientHttp2Session, headers: Record<string, string> = {}): ClientHttp2Stream {
  const stream = session.request({
    ':method': 'POST',
    ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    'content-type': 'application/grpc',
    te: 'trailers',
    ...bearer(),
    ...headers,
  })
  stream.on('error', () => {})
  return stream
}

/** How a call ended: its status, null for a stream that was reset; its words; whether it says when to come back. */
export interface Ended {
  status: status | null
  message: string
  again: boolean
}

/** Resolves with the answer of a call, whether or not its message was ended. */
export function ended(stream: ClientHttp2Stream): Promise<Ended> {
  return new Promise((resolve) => {
    const take = (answer: Record<string, unknown>) => {
      if (answer['grpc-status'] === undefined) return
      const again = answer['grpc-status-details-bin'] !== undefined
      const message = decodeURIComponent(String(answer['grpc-message'] ?? ''))
      resolve({ status: Number(answer['grpc-status']), message, again })
    }
    stream.on('response', take)
    stream.on('trailers', take)
    stream.on('close', () => resolve({ status: null, message: '', again: false }))
    stream.resume()
  })
}
