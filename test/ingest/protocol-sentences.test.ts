import t, { type Test } from 'tap'
import { StoreUnavailable } from '../../src/errors.ts'
import { bearer, service } from '../http/service.ts'
import { statusType } from '../otlp/reference.ts'

/** Sentences of OTLP/HTTP 1.11 and of its JSON encoding, one row each (others: test/otlp/protocol.test.ts). */
const json = { 'content-type': 'application/json' }
const protobuf = { 'content-type': 'application/x-protobuf' }
const writing = bearer({ scope: 'traces:write' })
const sent = {
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
  name: 'work',
  startTimeUnixNano: '1544712660000000000',
  endTimeUnixNano: '1544712661000000000',
}
const request = (over: object = {}) =>
  JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{ ...sent, ...over }] }] }] })

async function receiver(t: Test) {
  const { url, store, parts } = await service(t)
  const post = async (body: Buffer | string, headers: Record<string, string>, method = 'POST') => {
    const answer = await fetch(`${url}/v1/traces`, { method, headers, body: body as BodyInit })
    const bytes = Buffer.from(await answer.arrayBuffer())
    return { status: answer.status, type: answer.headers.get('content-type'), bytes }
  }
  return { post, store, parts }
}

t.test('every refusal MUST be a google.rpc.Status in the type of the request', async (t) => {
  const { post, store, parts } = await receiver(t)
  const away = store.write
  const large = Buffer.alloc(parts.config.maxBodyBytes + 1, ' ')
  const bodyOf = (type: object) => (type === json ? request() : Buffer.alloc(0))
  for (const type of [json, protobuf]) {
    const cases: [string, Buffer | string, Record<string, string>, number][] = [
      ['no token', bodyOf(type), {}, 401],
      ['a token that may not write', bodyOf(type), bearer({ scope: 'traces:read' }), 403],
      ['no message', Buffer.from('ff', 'hex'), writing, 400],
      ['an unknown encoding', bodyOf(type), { ...writing, 'content-encoding': 'br' }, 415],
      ['too large', large, writing, 413],
    ]
    for (const [name, body, headers, status] of cases) {
      const answer = await post(body, { ...headers, ...type })
      const what = `${name}, ${type['content-type']}`
      t.match(answer, { status, type: type['content-type'] }, what)
      const said =
        type === json
          ? JSON.parse(answer.bytes.toString())
          : statusType.toObject(statusType.decode(answer.bytes))
      t.match(said, { code: Number, message: /\w/ }, what)
    }
  }
  store.write = async () => {
    throw new StoreUnavailable()
  }
  t.match(await post(request(), { ...writing, ...json }), { status: 503, type: json['content-type'] })
  store.write = away
  const untyped = await post(request(), { ...writing, 'content-encoding': 'br' })
  t.ok(untyped.status === 415 && untyped.type === json['content-type'], 'in JSON where no type is known')
})

t.test('types with white space in them are refused, or are what they say', async (t) => {
  const { post } = await receiver(t)
  for (const [type, status] of [
    ['application/json\t; charset=utf-8', [200, 415]],
    ['application/json ;charset=utf-8', [200]],
    ['application/json\tx', [415]],
    ['application/jsonx', [415]],
    ['application/json, text/plain', [415]],
  ] as const) {
    const answer = await post(request(), { ...writing, 'content-type': type })
    t.ok((status as readonly number[]).includes(answer.status), `${JSON.stringify(type)}: ${answer.status}`)
  }
})

t.test('ids of every wrong length cost their span', async (t) => {
  const { post } = await receiver(t)
  const rows = [0, 1, 15, 17, 32].map((bytes) => ({ traceId: 'a'.repeat(bytes * 2) }))
  const more = [0, 1, 7, 9, 16].map((bytes) => ({ spanId: 'a'.repeat(bytes * 2) }))
  const odd = [{ traceId: 'a'.repeat(31) }, { spanId: 'g'.repeat(16) }, { spanId: '0'.repeat(16) }]
  for (const over of [...rows, ...more, ...odd]) {
    const { status, bytes } = await post(request(over), { ...writing, ...json })
    t.equal(status, 200)
    t.match(JSON.parse(bytes.toString()), { partialSuccess: { rejectedSpans: '1' } }, JSON.stringify(over))
  }
})

t.test('what the JSON encoding allows is taken', async (t) => {
  const { post, store } = await receiver(t)
  const value = (given: object) => ({ attributes: [{ key: 'k', value: given }] })
  const rows: [string, object][] = [
    ['upper case ids', { traceId: sent.traceId.toUpperCase(), spanId: sent.spanId.toUpperCase() }],
    ['no parent as an empty id', { parentSpanId: '' }],
    ['times as numbers', { startTimeUnixNano: 1544712660000000, endTimeUnixNano: 1544712661000000 }],
    ['an enum as an integer', { kind: 3, status: { code: 2, message: 'no' } }],
    ['the name of an enum, as the Collector takes it', { kind: 'SPAN_KIND_CLIENT' }],
    ['an int64 as a string', value({ intValue: '9223372036854775807' })],
    ['an int64 as a number', value({ intValue: 7 })],
    ['a double as a number', value({ doubleValue: 0.5 })],
    ['a double that JSON has no number for', value({ doubleValue: '-Infinity' })],
    ['bytes in base64', value({ bytesValue: 'AP8H' })],
    ['an empty value', value({})],
    ['no value', { attributes: [{ key: 'k' }] }],
    ['mixed arrays', value({ arrayValue: { values: [{ intValue: '1' }, { stringValue: 'a' }, {}] } })],
    ['maps', value({ kvlistValue: { values: [{ key: 'a', value: { boolValue: true } }] } })],
    ['flags with bits of tomorrow', { flags: 0xffffffff }],
    ['fields of tomorrow', { later: { a: [1] } }],
    ['a reference of profiles', { attributes: [{ keyStrindex: 3, value: { stringValueStrindex: 4 } }] }],
  ]
  let taken = 0
  store.write = async (_writer, spans) => {
    taken += spans.length
    return { stored: spans.length, refused: [] }
  }
  for (const [name, over] of rows) {
    taken = 0
    const { status, bytes } = await post(request(over), { ...writing, ...json })
    t.strictSame({ status, taken }, { status: 200, taken: 1 }, `${name}: ${bytes}`)
  }
})
