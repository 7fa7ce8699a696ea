import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { statusType } from '../otlp/reference.ts'
import { len, nested, attribute as pbAttribute, requestOf, varintField } from '../otlp/wire-bytes.ts'
import { realService } from './real-service.ts'

/**
 * Hostile and merely odd content, through HTTP into Postgres and out again (the numbers are those of the
 * catalogue in docs; the decoders and normalize have their own tests of the same cases).
 */
const traceId = 'c0'.repeat(16)
const id = (n: number) => n.toString(16).padStart(16, '0')
const nowNs = `${BigInt(Date.now()) * 1_000_000n}`
const span = (n: number, over: object = {}) => ({
  traceId,
  spanId: id(n),
  name: `s${n}`,
  startTimeUnixNano: nowNs,
  endTimeUnixNano: nowNs,
  ...over,
})
const keyed = (key: string, value: object) => ({ key, value })
const text = (key: string, stringValue: string) => keyed(key, { stringValue })
const batch = (...spans: object[]) => JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })
const jsonType = { 'content-type': 'application/json' }
const protobufType = { 'content-type': 'application/x-protobuf' }

async function door(t: Test) {
  const service = await realService(t)
  const send = (body: Buffer | string, headers: object = jsonType) =>
    service.as({ scope: 'traces:write' }, 'POST', '/v1/traces', body, { ...headers })
  /** One span with its content, as a reader gets it. */
  const read = async (n: number) =>
    (
      await service.as(
        { scope: 'traces:read content:read' },
        'GET',
        `/api/executions/${traceId}/spans/${id(n)}`,
      )
    ).json
  const count = async () => (await service.database.read.query('select 1 from spans')).rowCount
  return { ...service, send, read, count }
}

t.test('C1 C2 C3: NUL, bad UTF-8 and lone surrogates are mended, told, and cost nothing else', async (t) => {
  const { send, read } = await door(t)
  const odd = {
    name: 'a\0b',
    attributes: [text('k\0ey', 'v\0w'), text('lone', '\ud800x')],
    events: [{ name: 'e\0', attributes: [text('in', '\0')] }],
    status: { code: 2, message: 'm\0' },
  }
  t.equal((await send(batch(span(1, odd), span(2)))).text, '{}', 'a repaired span is full success')
  const one = await read(1)
  t.equal(one.name, 'a\ufffdb')
  t.equal(one.attributes['k\ufffdey'], 'v\ufffdw')
  t.equal(one.attributes.lone, '\ufffdx')
  t.equal(one.status.message, 'm\ufffd')
  t.ok(one.notices.length > 0)
  const ids = [len(1, Buffer.from(traceId, 'hex')), len(2, Buffer.from(id(3), 'hex'))]
  const bad = requestOf(...ids, len(5, Buffer.from([0x61, 0xc3, 0x28, 0xff])))
  t.equal((await send(bad, protobufType)).status, 200)
  t.match((await read(3)).name, /^a\ufffd/)
})

t.test('C4 C5: numbers are exact, and those that JSON has no word for are kept', async (t) => {
  const { send, read } = await door(t)
  const attributes = [
    keyed('max', { intValue: '9223372036854775807' }),
    keyed('min', { intValue: '-9223372036854775808' }),
    keyed('bare', { intValue: 42 }),
    keyed('nan', { doubleValue: 'NaN' }),
    keyed('inf', { doubleValue: '-Infinity' }),
    keyed('null', { doubleValue: null }),
    keyed('big', { doubleValue: 1e308 }),
  ]
  t.equal((await send(batch(span(1, { attributes })))).text, '{}')
  const one = JSON.stringify((await read(1)).attributes)
  for (const exact of ['9223372036854775807', '-9223372036854775808', '42', 'NaN', '-Infinity']) {
    t.match(one, exact)
  }
  const late = span(2, { startTimeUnixNano: '18446744073709551615', endTimeUnixNano: '18446744073709551615' })
  t.equal((await send(batch(late, span(3)))).status, 200, 'a time that no bigint holds')
  t.ok((await read(3)).name)
})

t.test('C6 C17: what is wrong with one span costs that span', async (t) => {
  const { send, count } = await door(t)
  const bad = [
    span(1, { traceId: '' }),
    span(2, { traceId: '0'.repeat(32) }),
    span(3, { traceId: 'a'.repeat(30) }),
    span(4, { spanId: 'b'.repeat(34) }),
    span(5, { traceId: Buffer.from(traceId, 'hex').toString('base64') }),
    span(6, { name: 7 }),
    span(7, { attributes: 'none' }),
  ]
  const odd = {
    kind: 'SPAN_KIND_CLIENT',
    trace_state: 'a=b',
    unknownField: [1],
    traceId: traceId.toUpperCase(),
  }
  const answer = await send(batch(...bad, span(8, odd)))
  t.equal(answer.status, 200)
  t.equal(answer.json.partialSuccess.rejectedSpans, String(bad.length))
  t.ok(answer.json.partialSuccess.errorMessage.length <= 1024)
  t.equal(await count(), 1)
})

t.test('C7 C8 C9: deep, many and strangely named', async (t) => {
  const { send, read, log } = await door(t)
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
  const inner = { kvlistValue: { values: names.map((name) => text(name, 'deep')) } }
  const attributes = [...names.map((name) => text(name, 'own')), keyed('map', inner), text('', 'empty')]
  t.equal((await send(batch(span(1, { attributes })))).text, '{}')
  const one = await read(1)
  for (const name of names) t.equal(Object.getOwnPropertyDescriptor(one.attributes, name)?.value, 'own', name)
  t.equal(({} as Record<string, unknown>).own, undefined)

  const many = Array.from({ length: 5_000 }, (_, i) => text(`k${i}`, 'v'))
  t.equal(
    (await send(batch(span(2, { attributes: [...many, text('x'.repeat(1_000_000), 'v')] })))).text,
    '{}',
  )
  t.match((await read(2)).notices, [{ code: 'attributes_dropped' }])
  const ids = [len(1, Buffer.from(traceId, 'hex')), len(2, Buffer.from(id(3), 'hex'))]
  for (const levels of [10, 33, 50, 1_000, 100_000]) {
    const answer = await send(requestOf(...ids, pbAttribute('deep', nested(levels))), protobufType)
    t.ok([200, 400].includes(answer.status), `${levels} levels: ${answer.status}`)
    if (levels <= 33) t.equal(answer.status, 200)
  }
  t.notMatch(log.join(''), /RangeError|stack size/)
})

t.test('C10: a name too long for an index is cut where it is indexed', async (t) => {
  const { send, read, count } = await door(t)
  const long = 'n'.repeat(10_240)
  const attributes = [text('gen_ai.request.model', long), text('workflow.id', long)]
  t.equal((await send(batch(span(1, { name: long, attributes })))).text, '{}')
  t.equal(await count(), 1)
  t.equal((await read(1)).name, long)
})

t.test('C11 C12 C13: sizes, codecs and types', async (t) => {
  const { send } = await door(t)
  const good = batch(span(1))
  const gzip = { ...jsonType, 'content-encoding': 'gzip' }
  const cases: [string, Buffer | string, object, number][] = [
    ['a body beyond the limit', Buffer.alloc(21 * 1024 * 1024, ' '), jsonType, 413],
    ['a bomb', gzipSync(Buffer.alloc(64 * 1024 * 1024)), gzip, 413],
    ['gzip within gzip', gzipSync(gzipSync(good)), gzip, 400],
    ['a wrong gzip header', 'not gzip at all', gzip, 400],
    ['cut gzip', gzipSync(good).subarray(0, 30), gzip, 400],
    ['two members', Buffer.concat([gzipSync(good.slice(0, 9)), gzipSync(good.slice(9))]), gzip, 200],
    ['identity', good, { ...jsonType, 'content-encoding': 'identity' }, 200],
    ['an unknown codec', good, { ...jsonType, 'content-encoding': 'br' }, 415],
    ['no type', good, {}, 415],
    ['upper case, parameters', good, { 'content-type': 'Application/JSON ; charset=UTF-8' }, 200],
    ['an empty parameter', good, { 'content-type': 'application/json;' }, 200],
    ['text', good, { 'content-type': 'text/json' }, 415],
  ]
  for (const [name, body, headers, status] of cases) {
    const answer = await send(typeof body === 'string' ? Buffer.from(body) : body, headers)
    t.equal(answer.status, status, name)
    if (status !== 200)
      t.ok(typeof answer.json.code === 'number' && answer.json.message !== '', `${name}: Status`)
  }
})

t.test('C16: markup is text', async (t) => {
  const { send, read } = await door(t)
  const markup = '<img src=x onerror=alert(1)>\u202e\u001b[31m'
  t.equal((await send(batch(span(1, { name: markup, attributes: [text('k', markup)] })))).text, '{}')
  t.match(await read(1), { name: markup, attributes: { k: markup } })
})

t.test('C18: other bytes are 400 with a Status, never 500', async (t) => {
  const { send } = await door(t)
  const valid = requestOf(
    len(1, Buffer.from(traceId, 'hex')),
    len(2, Buffer.from(id(1), 'hex')),
    varintField(6, 2),
  )
  const bodies = [
    ...Array.from({ length: valid.length }, (_, end) => valid.subarray(0, end)),
    Buffer.from('ffffffffffffffffffff01', 'hex'),
    Buffer.alloc(300, 0xff),
    Buffer.from(batch(span(1))),
  ]
  for (const body of bodies) {
    const { status, text } = await send(body, protobufType)
    t.ok(status === 200 || status === 400, `${body.length} bytes: ${status}`)
    if (status === 400) t.equal(statusType.toObject(statusType.decode(Buffer.from(text, 'latin1'))).code, 3)
  }
  for (const body of ['', 'null', '[]', '"x"', '{"resourceSpans":7}', '{"resourceSpans":[7]}', '{']) {
    const { status, json } = await send(Buffer.from(body))
    t.match({ status, json }, { status: 400, json: { code: 3 } }, body)
  }
})
