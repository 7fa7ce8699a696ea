import { readFileSync } from 'node:fs'
import { type ClientHttp2Session, connect } from 'node:http2'
import { setTimeout as wait } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import t from 'tap'
import { startGrpc } from '../../src/grpc/index.ts'
import { Ingest } from '../../src/ingest/index.ts'
import { mutate, mutation } from '../otlp/arbitraries.ts'
import { bearer, service } from './service.ts'

/** Cases; FUZZ_RUNS and FUZZ_SEED override (a failure prints its seed). */
const numRuns = Number(process.env.FUZZ_RUNS ?? 150)
const options = process.env.FUZZ_SEED ? { numRuns, seed: Number(process.env.FUZZ_SEED) } : { numRuns }
const body = readFileSync(new URL('../fixtures/otlp/orcheo-1.pb', import.meta.url))
const headers = () => ({
  ':method': 'POST',
  ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  'content-type': 'application/grpc',
  te: 'trailers',
  ...bearer(),
})

/** A message in gRPC's frame: a flag, a length, the bytes. */
function framed(message: Buffer, flag = 0): Buffer {
  const head = Buffer.alloc(5)
  head[0] = flag
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

/** Sends bytes as a call in pieces, and the status that ends it; null = the stream was reset. */
function call(
  session: ClientHttp2Session,
  bytes: Buffer,
  piece: number,
  encoding: string,
): Promise<number | null> {
  return new Promise((resolve) => {
    const stream = session.request({ ...headers(), 'grpc-encoding': encoding })
    let status: number | null = null
    const take = (answer: Record<string, unknown>) => {
      if (answer['grpc-status'] !== undefined) status = Number(answer['grpc-status'])
    }
    stream.on('response', take)
    stream.on('trailers', take)
    stream.on('error', () => {})
    stream.on('close', () => resolve(status))
    stream.resume()
    for (let at = 0; at < bytes.length; at += piece) stream.write(bytes.subarray(at, at + piece))
    stream.end()
  })
}

t.test(
  'frames that are cut, doubled, flipped: every call ends, nothing is kept, the door stays open',
  async (t) => {
    const { app, parts, log } = await service(t)
    const walk = new Ingest(parts)
    const server = await startGrpc(
      {
        walk,
        log: parts.log,
        metrics: parts.metrics,
        maxBodyBytes: parts.config.maxBodyBytes,
        principalOf: app.principalOf.bind(app),
      },
      '127.0.0.1',
      0,
    )
    const session = connect(`http://127.0.0.1:${server.port}`)
    session.on('error', () => {})
    t.teardown(async () => {
      session.destroy()
      await server.close(1_000)
      walk.close()
    })
    const seen = new Map<number | null, number>()
    await fc.assert(
      fc.asyncProperty(
        fc.array(mutation, { maxLength: 4 }),
        fc.constantFrom(1, 7, 100_000),
        fc.boolean(),
        fc.constantFrom('identity', 'gzip', 'deflate', 'br'),
        async (changes, piece, compressed, encoding) => {
          const message = compressed ? framed(gzipSync(body), 1) : framed(body)
          const head = mutate(message.subarray(0, 64), changes)
          const bytes = Buffer.concat([head, message.subarray(64)])
          const status = await call(session, bytes, Math.max(piece, bytes.length >> 6), encoding)
          seen.set(status, (seen.get(status) ?? 0) + 1)
          return !session.destroyed
        },
      ),
      options,
    )
    t.comment([...seen].map(([status, times]) => `${times} × ${status}`).join(', '))
    t.equal(await call(session, framed(body), 100_000, 'identity'), 0, 'a good call is served')
    t.ok(seen.size > 1)
    const held = async () =>
      /^trace_ingest_in_flight_bytes (\d+)$/m.exec(await parts.metrics.registry.metrics())?.[1]
    for (let tries = 0; (await held()) !== '0' && tries < 200; tries++) await wait(20)
    t.equal(await held(), '0')
    t.notMatch(log.join(''), /"level":"(error|fatal)"/)
  },
)
