import { readFileSync } from 'node:fs'
import type { ClientHttp2Session } from 'node:http2'
import { setTimeout as wait } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import t from 'tap'
import { mutate, mutation } from '../otlp/arbitraries.ts'
import { begun, connection, door, ended, framed } from './grpc-door.ts'

/** Cases; FUZZ_RUNS and FUZZ_SEED override (a failure prints its seed). */
const numRuns = Number(process.env.FUZZ_RUNS ?? 150)
const options = process.env.FUZZ_SEED ? { numRuns, seed: Number(process.env.FUZZ_SEED) } : { numRuns }
const body = readFileSync(new URL('../fixtures/otlp/orcheo-1.pb', import.meta.url))

/** Sends bytes as a call in pieces, and the status that ends it; null = the stream was reset. */
async function call(session: ClientHttp2Session, bytes: Buffer, piece: number, encoding: string) {
  const stream = begun(session, { 'grpc-encoding': encoding })
  for (let at = 0; at < bytes.length; at += piece) stream.write(bytes.subarray(at, at + piece))
  stream.end()
  return (await ended(stream)).status
}

t.test(
  'frames that are cut, doubled, flipped: every call ends, nothing is kept, the door stays open',
  async (t) => {
    const { grpcUrl, held, log } = await door(t)
    const session = connection(t, grpcUrl)
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
    for (let tries = 0; (await held()) !== 0 && tries < 200; tries++) await wait(20)
    t.equal(await held(), 0)
    t.notMatch(log.join(''), /"level":"(error|fatal)"/)
  },
)
