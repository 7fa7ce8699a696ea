import { readFileSync } from 'node:fs'
import { constants } from 'node:http2'
import { setTimeout as wait } from 'node:timers/promises'
import { compressionAlgorithms, status } from '@grpc/grpc-js'
import t from 'tap'
import { Overloaded, StoreUnavailable, TooManyRequests } from '../../src/errors.ts'
import { claims, hs256, keyServer, pair, signed, unsigned } from '../access/jwt.ts'
import { statusType, traceResponseType } from '../otlp/reference.ts'
import { grpcClient, partialOf } from './grpc-client.ts'
import { begun, connection, door, ended } from './grpc-door.ts'
import { bearer } from './service.ts'

const fixture = (name: string) => readFileSync(new URL(`../fixtures/otlp/${name}`, import.meta.url))

t.test('the same spans as over HTTP, plain and gzip', async (t) => {
  const { grpcUrl, url, store } = await door(t)
  const body = fixture('orcheo-2.pb')
  const headers = { ...bearer(), 'content-type': 'application/x-protobuf' }
  await fetch(`${url}/v1/traces`, { method: 'POST', headers, body })
  const plain = await grpcClient(t, grpcUrl)(body, bearer())
  t.equal(plain.error, null)
  t.equal(plain.bytes?.length, 0, 'full success has no bytes')
  const compressing = grpcClient(t, grpcUrl, {
    'grpc.default_compression_algorithm': compressionAlgorithms.gzip,
  })
  t.strictSame(partialOf(await compressing(body, bearer())), {})
  const [overHttp, ...others] = store.written
  t.equal(others.length, 2)
  for (const one of others) t.strictSame(one, overHttp)
})

t.test('empty requests succeed, metrics are taken and not kept, other services are not ours', async (t) => {
  const { grpcUrl, store } = await door(t)
  const send = grpcClient(t, grpcUrl)
  t.equal((await send(Buffer.alloc(0), bearer())).bytes?.length, 0)
  t.equal(store.written.length, 0)
  const metrics = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export'
  const { bytes } = await send(Buffer.alloc(0), bearer(), metrics)
  t.match(traceResponseType.toObject(traceResponseType.decode(bytes ?? Buffer.alloc(0))), {
    partialSuccess: { errorMessage: /no metrics/ },
  })
  const profiles = '/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export'
  t.equal((await send(Buffer.alloc(0), bearer(), profiles)).error?.code, status.UNIMPLEMENTED)
})

t.test('log records take the same walk as over HTTP', async (t) => {
  const { grpcUrl, parts } = await door(t)
  let written = 0
  parts.store.writeLogs = async (_writer, logs) => {
    written += logs.length
    return logs.length
  }
  const path = '/opentelemetry.proto.collector.logs.v1.LogsService/Export'
  const { bytes, error } = await grpcClient(t, grpcUrl)(logsRequest(), bearer(), path)
  t.equal(error ?? null, null)
  t.equal(bytes?.length, 0)
  t.equal(written, 1)
})

/** One record with the prompt of a span, in protobuf by hand. */
function logsRequest(): Buffer {
  const field = (number: number, bytes: Buffer) =>
    Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes])
  const text = (value: string) => field(1, Buffer.from(value))
  const content = Buffer.concat([text('content'), field(2, text('What is the weather?'))])
  const record = Buffer.concat([
    field(5, field(6, field(1, content))),
    field(9, Buffer.alloc(16, 7)),
    field(10, Buffer.alloc(8, 7)),
    field(12, Buffer.from('gen_ai.user.message')),
  ])
  return field(1, field(2, field(2, record)))
}

t.test('who may not write is told so before the message is read', async (t) => {
  const { grpcUrl, store, parts } = await door(t)
  const send = grpcClient(t, grpcUrl)
  const body = fixture('orcheo-1.pb')
  for (const headers of [
    {},
    { authorization: 'Bearer x.y.z' },
    bearer({ exp: 1 }),
    bearer({ aud: 'else' }),
  ]) {
    const { error } = await send(body, headers)
    t.equal(error?.code, status.UNAUTHENTICATED)
    t.notMatch(error?.details, /x\.y\.z|eyJ/)
  }
  const { error } = await send(body, bearer({ scope: 'traces:read' }))
  t.equal(error?.code, status.PERMISSION_DENIED)
  t.match(error?.details, /traces:write/)
  t.equal(store.written.length, 0)
  t.notMatch(await parts.metrics.registry.metrics(), /ingest_bytes_total\{/)
})

t.test('bad data, too much data, and partial success', async (t) => {
  const { grpcUrl, store } = await door(t)
  const send = grpcClient(t, grpcUrl)
  t.equal((await send(fixture('orcheo-1.pb').subarray(0, -3), bearer())).error?.code, status.INVALID_ARGUMENT)
  const gzip = grpcClient(t, grpcUrl, { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip })
  for (const client of [send, gzip]) {
    const { error } = await client(Buffer.alloc(21 * 1024 * 1024), bearer())
    t.equal(error?.code, status.RESOURCE_EXHAUSTED)
    t.equal(error?.metadata.get('grpc-status-details-bin').length, 0, 'not to be sent again')
  }
  t.equal(store.written.length, 0)
  const answer = await send(fixture('orcheo-2.pb'), bearer({ workflows: ['mine'] }))
  t.equal(answer.error, null)
  t.match(partialOf(answer), { rejectedSpans: /^[1-9]/, errorMessage: /workflow_denied/ })
})

t.test('the database is away, or too busy: exporters find the time to wait', async (t) => {
  const { grpcUrl, store, log } = await door(t)
  const send = grpcClient(t, grpcUrl)
  for (const [error, code] of [
    [new StoreUnavailable(), status.UNAVAILABLE],
    [new Overloaded(), status.UNAVAILABLE],
    [new Error('socket hang up'), status.UNAVAILABLE],
    [new TooManyRequests(), status.RESOURCE_EXHAUSTED],
  ] as const) {
    store.write = async () => {
      throw error
    }
    const answer = await send(fixture('orcheo-1.pb'), bearer())
    t.equal(answer.error?.code, code)
    t.notMatch(answer.error?.details, /socket/)
    const [details] = answer.error?.metadata.get('grpc-status-details-bin') ?? []
    const decoded = statusType.toObject(statusType.decode(details as Buffer))
    t.match(decoded, { code, details: [{ type_url: 'type.googleapis.com/google.rpc.RetryInfo' }] })
    t.strictSame(Buffer.from(decoded.details[0].value).toString('hex'), '0a020801', 'one second')
  }
  store.write = async () => {
    throw new TypeError('a mistake of ours, secret-word')
  }
  const mistake = await send(fixture('orcheo-1.pb'), bearer())
  t.equal(mistake.error?.code, status.INTERNAL)
  t.notMatch(mistake.error?.details, /secret-word/)
  t.notMatch(log.join(''), /eyJ/)
})

t.test('a call in flight ends before the door closes; new ones are not taken', async (t) => {
  const { grpcUrl, store, server } = await door(t)
  const send = grpcClient(t, grpcUrl)
  const began = new Promise<void>((resolve) => {
    store.write = async (_writer, spans) => {
      resolve()
      await new Promise((done) => setTimeout(done, 300))
      return { stored: spans.length, refused: [] }
    }
  })
  const inFlight = send(fixture('orcheo-1.pb'), bearer())
  await began
  const closed = server.close(5_000)
  t.equal((await inFlight).error, null)
  await closed
  t.equal((await send(fixture('orcheo-1.pb'), bearer())).error?.code, status.UNAVAILABLE)
})

t.test('a message is in the budget while it comes, and given back with its caller', async (t) => {
  const { grpcUrl, held } = await door(t, {}, { maxInFlightBytes: 100_000 })
  const session = connection(t, grpcUrl)
  /** The first 60,000 bytes of a message that says it has a million. */
  const begin = () => {
    const call = begun(session)
    const part = Buffer.alloc(60_000)
    part.writeUInt32BE(1_000_000, 1)
    call.write(part)
    return call
  }
  const first = begin()
  while ((await held()) < 60_000) await wait(20)
  t.equal(await held(), 60_000, 'held before it is there')
  const { status: refused, again } = await ended(begin())
  t.ok(refused === status.UNAVAILABLE || refused === status.RESOURCE_EXHAUSTED)
  t.ok(again)
  t.equal(await held(), 60_000, 'what was refused holds nothing')
  first.close(constants.NGHTTP2_CANCEL)
  while ((await held()) !== 0) await wait(20)
  t.equal(await held(), 0)
})

t.test('keys of an issuer: the same verification as over HTTP', async (t) => {
  const ours = pair('RS256')
  const keys = await keyServer([{ kid: 'rs', pair: ours }])
  t.teardown(() => keys.close())
  const { grpcUrl, store } = await door(t, { TRACE_JWKS_URL: keys.url })
  const send = grpcClient(t, grpcUrl)
  const ask = async (token: string) =>
    (await send(fixture('orcheo-1.pb'), { authorization: `Bearer ${token}` })).error?.code ?? 0
  const { exp: _exp, ...withoutExp } = claims()
  t.equal(await ask(signed(claims(), ours, { kid: 'rs' })), 0)
  t.equal(await ask(signed(claims(), pair('RS256'), { kid: 'rs' })), status.UNAUTHENTICATED, 'another key')
  t.equal(await ask(signed(claims({ exp: 1 }), ours, { kid: 'rs' })), status.UNAUTHENTICATED, 'expired')
  t.equal(await ask(signed(withoutExp, ours, { kid: 'rs' })), status.UNAUTHENTICATED, 'for ever')
  t.equal(await ask(signed(claims({ aud: 'x' }), ours, { kid: 'rs' })), status.UNAUTHENTICATED, 'audience')
  t.equal(await ask(unsigned(claims(), 'none')), status.UNAUTHENTICATED, 'none')
  const pem = ours.publicKey.export({ format: 'pem', type: 'spki' }).toString()
  t.equal(await ask(hs256(claims(), pem, { kid: 'rs' })), status.UNAUTHENTICATED, 'the key as a secret')
  t.equal(store.written.length, 1)
})
