import { once } from 'node:events'
import { Agent, request } from 'node:http'
import zlib, { deflateSync, gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { emptyResource, emptyScope } from '../../src/otlp/empty.ts'
import { realService } from '../http/real-service.ts'
import { bearer } from '../http/service.ts'
import { encodeByReference, statusType, traceResponseType } from './reference.ts'

/**
 * The sentences of the OTLP/HTTP specification 1.11 (docs/specification.md of opentelemetry-proto), one test each,
 * over a socket, with a real store; and what the Collector's receiver tests check (otlp_test.go). Sizes, codecs and
 * odd bodies have their own file: test/http/content.test.ts.
 */
const span = (over: object = {}) => ({
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
  name: 'I am a span',
  startTimeUnixNano: '1544712660000000000',
  endTimeUnixNano: '1544712661000000000',
  ...over,
})
const jsonBody = (over?: object) =>
  JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span(over)] }] }] })
const noSpanId = jsonBody({ spanId: '' })
const json = { 'content-type': 'application/json' }
const protobuf = { 'content-type': 'application/x-protobuf' }

const protobufBody = encodeByReference({
  resourceSpans: [
    {
      resource: emptyResource(),
      scopeSpans: [
        {
          scope: emptyScope(),
          spans: [
            {
              traceId: '5b8efff798038103d269b633813fc60d',
              spanId: 'eee19b7ec3c1b175',
              parentSpanId: '',
              traceState: '',
              flags: 0,
              name: 'binary',
              kind: 1,
              startNs: 1_544_712_660_000_000_000n,
              endNs: 1_544_712_661_000_000_000n,
              attributes: new Map(),
              droppedAttributesCount: 0,
              events: [],
              droppedEventsCount: 0,
              links: [],
              droppedLinksCount: 0,
              statusCode: 0,
              statusMessage: '',
              defect: null,
              clean: false,
              repairs: [],
            },
          ],
        },
      ],
    },
  ],
})

async function receiver(t: Test) {
  const service = await realService(t)
  const url = await service.app.listen({ host: '127.0.0.1', port: 0 })
  const post = async (body: Buffer | string, headers: Record<string, string>, path = '/v1/traces') => {
    const answer = await fetch(url + path, {
      method: 'POST',
      headers: { ...bearer(), ...headers },
      body: body as BodyInit,
    })
    const bytes = Buffer.from(await answer.arrayBuffer())
    return { status: answer.status, type: answer.headers.get('content-type'), headers: answer.headers, bytes }
  }
  const stored = async () => (await service.database.read.query('select 1 from spans')).rowCount
  return { ...service, url, post, stored }
}

/** The Status of an answer in its own encoding. */
const statusOf = ({ type, bytes }: { type: string | null; bytes: Buffer }) =>
  type === 'application/json' ? JSON.parse(bytes.toString()) : statusType.toObject(statusType.decode(bytes))

t.test(
  'both encodings on one port, chosen by Content-Type; the answer has the type of the request',
  async (t) => {
    const { post, stored } = await receiver(t)
    const inJson = await post(jsonBody(), json)
    t.match(inJson, { status: 200, type: 'application/json' })
    t.equal(inJson.bytes.toString(), '{}', 'full success in JSON: an empty message')
    const binary = await post(protobufBody, protobuf)
    t.match(binary, { status: 200, type: 'application/x-protobuf' })
    t.equal(binary.bytes.length, 0, 'full success in protobuf: zero bytes, partial_success unset')
    t.equal(await stored(), 2)
  },
)

t.test('JSONUncompressedUTF8, JSONUncompressedUppercase: parameters and case do not matter', async (t) => {
  const { post } = await receiver(t)
  for (const type of ['application/json; charset=utf-8', 'APPLICATION/JSON']) {
    t.match(await post(jsonBody(), { 'content-type': type }), { status: 200, type: 'application/json' })
  }
})

t.test('the server MUST accept none and gzip; also deflate, and zstd where Node has it', async (t) => {
  const { post } = await receiver(t)
  const { zstdCompressSync } = zlib as unknown as { zstdCompressSync?: (body: Buffer) => Buffer }
  const codecs: [string, (body: Buffer) => Buffer, number][] = [
    ['identity', (body) => body, 200],
    ['gzip', gzipSync, 200],
    ['deflate', deflateSync, 200],
    ['zstd', zstdCompressSync ?? ((body) => body), zstdCompressSync === undefined ? 415 : 200],
  ]
  for (const [codec, compress, status] of codecs) {
    for (const [body, type] of [
      [Buffer.from(jsonBody()), json] as const,
      [protobufBody, protobuf] as const,
    ]) {
      const answer = await post(compress(body), { ...type, 'content-encoding': codec })
      t.match(answer, { status, type: type['content-type'] }, codec)
    }
  }
})

t.test('partial success: 200, the count in rejected_spans, English in error_message', async (t) => {
  const { post } = await receiver(t)
  const inJson = JSON.parse((await post(noSpanId, json)).bytes.toString())
  t.equal(inJson.partialSuccess.rejectedSpans, '1', 'an int64 is a string in JSON')
  t.match(inJson.partialSuccess.errorMessage, /span id/)
  const wrong = protobufBody.indexOf(Buffer.from('eee19b7ec3c1b175', 'hex'))
  const zeroed = Buffer.concat([
    protobufBody.subarray(0, wrong),
    Buffer.alloc(8),
    protobufBody.subarray(wrong + 8),
  ])
  const answer = await post(zeroed, protobuf)
  t.equal(answer.status, 200)
  const decoded = traceResponseType.toObject(traceResponseType.decode(answer.bytes), { longs: String })
  t.match(decoded, { partialSuccess: { rejectedSpans: '1', errorMessage: /span id/ } })
})

t.test('an empty request SHOULD succeed, and so do empty envelopes', async (t) => {
  const { post } = await receiver(t)
  t.match(await post(Buffer.alloc(0), protobuf), { status: 200 })
  for (const body of ['{}', '{"resourceSpans":[]}', '{"resourceSpans":[{"scopeSpans":[{"spans":[]}]}]}']) {
    t.match(await post(body, json), { status: 200 }, body)
  }
})

t.test('unknown fields MUST be ignored in both encodings', async (t) => {
  const { post, stored } = await receiver(t)
  const odd = jsonBody({ fieldOfTomorrow: { a: [1] } }).replace('{"resource', '{"other":1,"resource')
  t.equal((await post(odd, json)).bytes.toString(), '{}')
  const later = Buffer.concat([protobufBody, Buffer.from('ba3e03616263', 'hex')])
  t.match(await post(later, protobuf), { status: 200 })
  t.equal(await stored(), 2)
})

t.test('bad data MUST be 400 with a google.rpc.Status in the type of the request', async (t) => {
  const { post } = await receiver(t)
  for (const [body, type] of [['1234', json] as const, [Buffer.from('ff', 'hex'), protobuf] as const]) {
    const answer = await post(body, type)
    t.match(answer, { status: 400, type: type['content-type'] })
    t.match(statusOf(answer), { code: 3, message: /./ })
  }
})

t.test('TestOTLPReceiverInvalidContentEncoding: 400 and Status bytes in the same type', async (t) => {
  const { post } = await receiver(t)
  for (const [body, type] of [[jsonBody(), json] as const, [protobufBody, protobuf] as const]) {
    const answer = await post(body, { ...type, 'content-encoding': 'gzip' })
    t.match(answer, { status: 400, type: type['content-type'] })
    t.equal(statusOf(answer).code, 3)
  }
})

t.test('TestHandleInvalidRequests: 415 without a type and for another, 405 for other methods', async (t) => {
  const { post, url } = await receiver(t)
  for (const path of ['/v1/traces', '/v1/metrics', '/v1/logs']) {
    for (const type of ['invalid', 'text/plain', 'application/octet-stream']) {
      const answer = await post(Buffer.from('x'), { 'content-type': type }, path)
      t.match(answer, { status: 415, type: 'application/json' }, `${path} ${type}`)
    }
    for (const method of ['PATCH', 'GET', 'PUT', 'DELETE']) {
      const answer = await fetch(url + path, { method })
      t.equal(answer.status, 405, `${method} ${path}`)
      t.equal(answer.headers.get('allow'), 'POST')
    }
  }
})

t.test('TestHTTPMaxRequestBodySize: exactly the limit is taken, one byte more is 413', async (t) => {
  const { post, parts } = await receiver(t)
  const padded = (bytes: number) => jsonBody().padEnd(bytes, ' ')
  t.equal((await post(padded(parts.config.maxBodyBytes), json)).status, 200)
  t.equal((await post(padded(parts.config.maxBodyBytes + 1), json)).status, 413)
  const gzip = { ...json, 'content-encoding': 'gzip' }
  t.equal((await post(gzipSync(padded(parts.config.maxBodyBytes)), gzip)).status, 200)
  t.equal((await post(gzipSync(padded(parts.config.maxBodyBytes + 1)), gzip)).status, 413, 'after inflation')
})

t.test('not retryable by itself: what is transient is 503 with Retry-After, never 500', async (t) => {
  const { post, store } = await receiver(t)
  await store.close()
  const answer = await post(jsonBody(), json)
  t.equal(answer.status, 503)
  t.equal(answer.headers.get('retry-after'), '1')
  t.equal(statusOf(answer).code, 14)
})

t.test('connections are kept alive, and several at a time are served', async (t) => {
  const { url, stored } = await receiver(t)
  const agent = new Agent({ keepAlive: true, maxSockets: 2 })
  t.teardown(() => agent.destroy())
  const sockets = new Set<unknown>()
  const one = async (n: number): Promise<number | undefined> => {
    const sent = request(`${url}/v1/traces`, { method: 'POST', agent, headers: { ...bearer(), ...json } })
    sent.end(jsonBody({ spanId: (n + 1).toString(16).padStart(16, '0') }))
    const [answer] = await once(sent, 'response')
    sockets.add(answer.socket)
    answer.resume()
    await once(answer, 'end')
    return answer.statusCode
  }
  const statuses = await Promise.all(Array.from({ length: 12 }, (_, n) => one(n)))
  t.ok(statuses.every((status) => status === 200))
  t.ok(sockets.size <= 2)
  t.equal(await stored(), 12)
})

t.test('a request that is sent again is stored once', async (t) => {
  const { post, stored } = await receiver(t)
  for (let i = 0; i < 3; i++) t.equal((await post(protobufBody, protobuf)).bytes.length, 0)
  t.equal(await stored(), 1)
})
