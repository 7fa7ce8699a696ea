import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { Overloaded, StoreUnavailable } from '../../src/errors.ts'
import { limits } from '../../src/limits.ts'
import { statusType, traceResponseType } from '../otlp/reference.ts'
import { bearer, service, token } from './service.ts'

const fixture = (name: string) => readFileSync(new URL(`../fixtures/otlp/${name}`, import.meta.url))
const json = { 'content-type': 'application/json' }
const protobuf = { 'content-type': 'application/x-protobuf' }

const span = (over: object = {}) => ({
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  name: 'work',
  startTimeUnixNano: '1790000000000000000',
  endTimeUnixNano: '1790000001000000000',
  ...over,
})
const batch = (spans: object[], attributes: object[] = []) =>
  JSON.stringify({ resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans }] }] })
const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } })

async function post(
  url: string,
  body: Buffer | string,
  headers: Record<string, string>,
  path = '/v1/traces',
) {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { ...bearer(), ...headers },
    body: body as string,
  })
  return { response, bytes: Buffer.from(await response.arrayBuffer()) }
}

/** The google.rpc.Status of an answer, in the encoding it says it has. */
function statusOf({ response, bytes }: { response: Response; bytes: Buffer }) {
  if (response.headers.get('content-type') === 'application/json') return JSON.parse(bytes.toString())
  t.equal(response.headers.get('content-type'), 'application/x-protobuf')
  return statusType.toObject(statusType.decode(bytes))
}

t.test('both encodings, plain and compressed, give the same spans', async (t) => {
  const { url, store } = await service(t)
  const forms: [Buffer, Record<string, string>][] = [
    [fixture('orcheo-2.pb'), protobuf],
    [fixture('orcheo-2.json'), json],
    [gzipSync(fixture('orcheo-2.pb')), { ...protobuf, 'content-encoding': 'gzip' }],
    [gzipSync(fixture('orcheo-2.json')), { ...json, 'content-encoding': 'GZIP' }],
    [fixture('orcheo-2.json'), { 'content-type': 'APPLICATION/JSON; charset=utf-8' }],
    [fixture('orcheo-2.json'), { ...json, 'content-encoding': 'identity' }],
  ]
  for (const [body, headers] of forms) {
    const { response, bytes } = await post(url, body, headers)
    t.equal(response.status, 200)
    const isJson = /json/i.test(headers['content-type'] ?? '')
    t.equal(response.headers.get('content-type'), isJson ? 'application/json' : 'application/x-protobuf')
    t.equal(bytes.toString(), isJson ? '{}' : '')
  }
  const ids = store.written.map(({ spans }) => spans.map(({ traceId, spanId }) => traceId + spanId))
  t.equal(ids.length, forms.length)
  for (const one of ids) t.strictSame(one, ids[0])
  t.strictSame(store.written[0]?.writer, { workspace: 'default', workflows: ['*'] })
})

t.test('empty requests succeed without the store', async (t) => {
  const { url, store } = await service(t)
  t.equal((await post(url, '', protobuf)).response.status, 200)
  t.equal((await post(url, '{}', json)).response.status, 200)
  t.equal((await post(url, '{"resourceSpans":[{"scopeSpans":[{}]}]}', json)).response.status, 200)
  t.equal(store.written.length, 0)
})

t.test('the answer waits for the store', async (t) => {
  const { url, store } = await service(t)
  let stored = false
  store.write = async (_writer, spans) => {
    await new Promise((resolve) => setTimeout(resolve, 200))
    stored = true
    return { stored: spans.length, refused: [] }
  }
  t.equal((await post(url, batch([span()]), json)).response.status, 200)
  t.ok(stored)
})

t.test('partial success: an exact count, reasons, no payload', async (t) => {
  const { url, store, parts } = await service(t)
  store.write = async (_writer, spans) => ({
    stored: spans.length - 1,
    refused: [{ reason: 'erased', count: 1 }],
  })
  const spans = [span(), span({ spanId: '00' }), span({ traceId: 'canary-secret' }), span({ spanId: '' })]
  const inJson = await post(url, batch(spans), json)
  t.equal(inJson.response.status, 200)
  const { partialSuccess } = JSON.parse(inJson.bytes.toString())
  t.equal(partialSuccess.rejectedSpans, '4')
  t.match(partialSuccess.errorMessage, /2 refused \(bad_span_id\).*1 refused \(erased\)/)
  t.notMatch(partialSuccess.errorMessage, /canary/)
  t.ok(partialSuccess.errorMessage.length <= 1024)
  const text = await parts.metrics.registry.metrics()
  t.match(text, /trace_spans_refused_total\{reason="bad_span_id"\} 2/)
  t.match(text, /trace_spans_refused_total\{reason="erased"\} 1/)
})

t.test('spans beyond the most of one request are refused and counted, in both encodings', async (t) => {
  const { url, store } = await service(t)
  const many = Array.from({ length: limits.maxSpansPerRequest + 7 }, (_, i) => ({
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: (i + 1).toString(16).padStart(16, '0'),
  }))
  // in protobuf: a request of empty spans but for their ids
  const one = ({ traceId, spanId }: { traceId: string; spanId: string }) =>
    Buffer.from(`121c0a10${traceId}1208${spanId}`, 'hex')
  const scopeSpans = Buffer.concat(many.map(one))
  const length = (bytes: Buffer) => {
    const out: number[] = []
    for (let rest = bytes.length; ; rest >>>= 7) {
      if (rest < 128) return Buffer.concat([Buffer.from([...out, rest]), bytes])
      out.push((rest & 127) | 128)
    }
  }
  const tagged = (tag: number, bytes: Buffer) => Buffer.concat([Buffer.from([tag]), length(bytes)])
  const binary = tagged(0x0a, tagged(0x12, scopeSpans))
  for (const [body, headers] of [
    [batch(many), json],
    [binary, protobuf],
  ] as [Buffer | string, Record<string, string>][]) {
    const { response, bytes } = await post(url, body, headers)
    t.equal(response.status, 200)
    const text = bytes.toString('latin1')
    t.match(text, /7 refused \(too_many\)/)
    if (headers === json) t.match(JSON.parse(text), { partialSuccess: { rejectedSpans: '7' } })
    else
      t.equal(
        traceResponseType.toObject(traceResponseType.decode(bytes), { longs: String }).partialSuccess
          .rejectedSpans,
        '7',
      )
    const stored = store.written.splice(0).flatMap(({ spans }) => spans)
    t.equal(stored.length, limits.maxSpansPerRequest)
    t.equal(new Set(stored.map(({ spanId }) => spanId)).size, limits.maxSpansPerRequest)
  }
})

t.test('the grant holds', async (t) => {
  const { url, store } = await service(t)
  const named = (id: string, spanId: string) => span({ spanId, attributes: [attribute('workflow.id', id)] })
  const spans = [named('mine', '1111111111111111'), named('theirs', '2222222222222222'), span()]
  const { response, bytes } = await post(url, batch(spans), { ...json, ...bearer({ workflows: ['mine'] }) })
  t.equal(response.status, 200)
  t.match(bytes.toString(), /"rejectedSpans":"1".*workflow_denied/)
  t.strictSame(store.written[0]?.writer.workflows, ['mine'])
  t.strictSame(
    store.written[0]?.spans.map(({ workflowId }) => workflowId),
    ['mine', null],
  )
  const all = await post(url, batch([spans[1] ?? {}]), { ...json, ...bearer({ workflows: ['mine'] }) })
  t.equal(all.response.status, 200, 'even if all are refused')
  t.equal(store.written.length, 1)
})

t.test('secrets do not reach the store', async (t) => {
  const { url, store, parts, log } = await service(t)
  const key = `sk-proj-${'Ab3dEf6hIj9k'.repeat(4)}`
  const attributes = [attribute('note', `my key is ${key}`), attribute('password', 'hunter2-hunter2')]
  await post(url, batch([span({ attributes })]), json)
  const [{ attributes: kept, content } = { attributes: new Map(), content: new Map() }] =
    store.written[0]?.spans ?? []
  t.notMatch(JSON.stringify([...kept, ...content]), /sk-proj|hunter2/)
  t.match(await parts.metrics.registry.metrics(), /trace_redactions_total\{rule="[a-z_-]+"\} 1/)
  t.notMatch(log.join(''), /sk-proj|hunter2|eyJ/)
})

t.test('wrong methods, types, encodings and bodies', async (t) => {
  const { url } = await service(t)
  for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
    const response = await fetch(`${url}/v1/traces`, { method })
    t.equal(response.status, 405)
    t.equal(response.headers.get('allow'), 'POST')
    t.match(await response.json(), { code: 12, message: /POST/ })
  }
  for (const body of ['', '{', 'x']) {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${url}/v1/traces`, { method: 'PUT', headers, body })
    t.equal(response.status, 405, 'whatever the body is')
  }
  for (const type of ['text/plain', 'application/jsonp', 'application/x-protobuf2', 'x']) {
    const answer = await post(url, 'x', { 'content-type': type })
    t.equal(answer.response.status, 415, type)
    t.equal(answer.response.headers.get('content-type'), 'application/json')
    t.equal(statusOf(answer).code, 3)
  }
  for (const [body, headers] of [
    ['1234', json],
    ['{"resourceSpans":', json],
    ['', json],
    [fixture('orcheo-1.pb').subarray(0, -3), protobuf],
    ['not gzip', { ...json, 'content-encoding': 'gzip' }],
    [gzipSync(fixture('orcheo-1.pb')).subarray(0, 40), { ...protobuf, 'content-encoding': 'gzip' }],
  ] as [Buffer | string, Record<string, string>][]) {
    const answer = await post(url, body, headers)
    t.equal(answer.response.status, 400, body.toString().slice(0, 12))
    t.equal(answer.response.headers.get('content-type'), headers['content-type'])
    t.equal(statusOf(answer).code, 3)
  }
  for (const headers of [json, protobuf]) {
    const answer = await post(url, 'x', { ...headers, 'content-encoding': 'lzma' })
    t.equal(answer.response.status, 415)
    t.match(answer.response.headers.get('accept-encoding'), /gzip/)
    t.match(statusOf(answer), { code: 3, message: /gzip/ })
  }
})

t.test('the database is away, or too busy: come back in a second', async (t) => {
  const { url, store, parts } = await service(t)
  for (const error of [
    new StoreUnavailable(),
    new Overloaded(),
    new Error('socket hang up'),
    new AggregateError([]),
  ]) {
    store.write = async () => {
      throw error
    }
    for (const [body, headers] of [
      [batch([span()]), json],
      [fixture('orcheo-1.pb'), protobuf],
    ] as [Buffer | string, Record<string, string>][]) {
      const answer = await post(url, body, headers)
      t.equal(answer.response.status, 503)
      t.equal(answer.response.headers.get('retry-after'), '1')
      t.match(statusOf(answer), { code: 14 })
      t.notMatch(answer.bytes.toString(), /socket/)
    }
  }
  store.write = async () => {
    throw new TypeError('a mistake of ours, secret-word')
  }
  const answer = await post(url, batch([span()]), json)
  t.equal(answer.response.status, 500)
  t.strictSame(statusOf(answer), { code: 13, message: 'Something went wrong here' })
  t.match(
    await parts.metrics.registry.metrics(),
    /requests_total\{route="\/v1\/traces",method="POST",status="503"\} 8/,
  )
})

t.test("Langfuse's path: Basic with the token as password", async (t) => {
  const { url, store } = await service(t)
  const path = '/api/public/otel/v1/traces'
  const basic = `Basic ${Buffer.from(`pk-lf-1:${token()}`).toString('base64')}`
  t.equal((await post(url, batch([span()]), { ...json, authorization: basic }, path)).response.status, 200)
  t.equal((await post(url, fixture('orcheo-1.pb'), protobuf, path)).response.status, 200, 'or a bearer')
  t.equal(store.written.length, 2)
  const wrong = `Basic ${Buffer.from(`${token()}:wrong`).toString('base64')}`
  t.equal((await post(url, '{}', { ...json, authorization: wrong }, path)).response.status, 401)
})

t.test('metrics are taken, and it is said that they are not kept', async (t) => {
  const { url } = await service(t)
  const { response, bytes } = await post(url, '{"resourceMetrics":[{}]}', json, '/v1/metrics')
  t.equal(response.status, 200)
  t.match(JSON.parse(bytes.toString()), { partialSuccess: { errorMessage: /no metrics/ } })
  const binary = await post(url, '', protobuf, '/v1/metrics')
  const decoded = traceResponseType.toObject(traceResponseType.decode(binary.bytes))
  t.match(decoded, { partialSuccess: { errorMessage: /no metrics/ } })
})

t.test('a base path works whether or not the proxy takes it off', async (t) => {
  const { url } = await service(t, { TRACE_BASE_PATH: '/tools/trace' })
  t.equal((await post(url, '{}', json, '/tools/trace/v1/traces')).response.status, 200)
  t.equal((await post(url, '{}', json, '/v1/traces')).response.status, 200)
  t.equal((await post(url, '{}', json, '/tools/tracer/v1/traces')).response.status, 404)
})
