// What a body costs that was made to cost much: reading is linear in its bytes, whatever they are.
import t from 'tap'
import type { OtlpSpan } from '../../src/model/otlp.ts'
import { decodeTraceRequest } from '../../src/otlp/index.ts'
import { attribute, len, requestOf } from './wire-bytes.ts'

const undecodable = { code: 'TRACE_UNDECODABLE', statusCode: 400 }
const json = (text: string) => decodeTraceRequest(Buffer.from(text), 'json')
const protobuf = (body: Buffer) => decodeTraceRequest(body, 'protobuf')
const firstOf = (request: ReturnType<typeof protobuf>): OtlpSpan =>
  request.resourceSpans[0]?.scopeSpans[0]?.spans[0] as OtlpSpan

/** Milliseconds of the processor that `work` takes: what else the machine does has no part in it. */
function cost(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

t.test('texts of a body that holds no zero byte', async (t) => {
  const attributes = Array.from({ length: 100_000 }, (_, i) => attribute(`k${i}`, len(1, 'x'.repeat(40))))
  const body = requestOf(Buffer.concat(attributes))
  t.notOk(body.includes(0))
  t.ok(cost(() => t.equal(firstOf(protobuf(body)).attributes.size, 100_000)) < 5_000)
})

t.test('a zero is found in long and short texts, wherever the one before it was', async (t) => {
  const long = 'x'.repeat(100)
  for (const [name, ...texts] of [
    ['in the first', `${long}\0`, long],
    ['in the second', long, `\0${long}`],
    ['in a short one', long, '\0'],
    ['at the end of the last', long, long, `${long}\0`],
  ] as const) {
    const values = texts.map((text, i) => attribute(`k${i}`, len(1, text)))
    t.equal(firstOf(protobuf(requestOf(...values))).clean, false, name)
  }
  t.equal(firstOf(protobuf(requestOf(attribute('k', len(1, long)), len(1, '\0'.repeat(16))))).clean, true)
  // a resource may stand behind the spans, whose texts are read after it
  const span = len(2, len(2, len(9, len(1, 'k'), len(2, len(1, `${long}\0`)))))
  const resource = len(1, len(1, len(1, 'r'), len(2, len(1, long))))
  t.equal(firstOf(protobuf(len(1, span, resource))).clean, false, 'after a resource that stood behind it')
})

t.test('millions of envelopes in which there is nothing', async (t) => {
  for (const unit of ['0a00', '0a021200']) {
    const empty = Buffer.alloc(20_000_000, unit, 'hex')
    t.ok(cost(() => t.same(protobuf(empty), { resourceSpans: [] })) < 8_000, unit)
  }
})

t.test('a text of digits that is no number', async (t) => {
  const value = (member: string) => {
    const request = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"k","value":${member}}]}]}]}]}`
    const { attributes, repairs } = firstOf(json(request))
    return { value: attributes.get('k'), repairs }
  }
  const text = `${'1'.repeat(500_000)}x`
  for (const sent of [text, `.${text}`, `1.${text}`, `1e${text}`, `-${text}`]) {
    let found: unknown
    t.ok(cost(() => (found = value(`{"doubleValue":"${sent}"}`))) < 2_000)
    t.strictSame(found, { value: sent, repairs: ['bad_number'] })
  }
  const digits = '9'.repeat(10_000_000)
  t.ok(cost(() => t.same(json(`{"x":${digits}}`), { resourceSpans: [] })) < 4_000)
  t.ok(cost(() => t.same(json(`{"x":${digits}.5}`), { resourceSpans: [] })) < 4_000)
  t.strictSame(value(`{"doubleValue":"${'9'.repeat(400)}"}`).value, Number.POSITIVE_INFINITY)
  t.strictSame(value('{"doubleValue":"1."}').value, 1)
  t.strictSame(value('{"doubleValue":"+.5E-1"}').value, 0.05)
})

t.test('JSON of little else than brackets is refused: in memory it is fifty times as large', async (t) => {
  const list = (item: string, count: number) => `{"resourceSpans":[${Array(count).fill(item).join()}]}`
  for (const item of ['{}', '[]', '{"a":[]}']) {
    t.throws(() => json(list(item, 1_000_000)), undecodable, item)
  }
  t.same(json(list('{}', 100_000)), { resourceSpans: [] }, 'as many as do no harm are read')
  const values = Array(600_000).fill('{"intValue":1}').join()
  const dense = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"k","value":{"arrayValue":{"values":[${values}]}}}]}]}]}]}`
  const found = firstOf(json(dense)).attributes.get('k')
  t.equal(Array.isArray(found) && found.length, 600_000, 'the densest that says something is read')
})
