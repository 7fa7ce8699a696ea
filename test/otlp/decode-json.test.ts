import t from 'tap'
import { limits } from '../../src/limits.ts'
import type { OtlpSpan } from '../../src/model/otlp.ts'
import { decodeTraceRequest } from '../../src/otlp/index.ts'
import { TOO_DEEP } from '../../src/otlp/repairs.ts'

const decode = (text: string | Buffer) => decodeTraceRequest(Buffer.from(text as string), 'json')
const spans = (list: string) => decode(`{"resourceSpans":[{"scopeSpans":[{"spans":[${list}]}]}]}`)
const one = (span: string): OtlpSpan => spans(span).resourceSpans[0]?.scopeSpans[0]?.spans[0] as OtlpSpan
const value = (any: string) => {
  const span = one(`{"attributes":[{"key":"k","value":${any}}]}`)
  return { value: span.attributes.get('k'), repairs: span.repairs, defect: span.defect }
}
const kept = (expected: unknown, ...repairs: string[]) => ({ value: expected, repairs, defect: null })
const undecodable = { code: 'TRACE_UNDECODABLE', statusCode: 400 }

t.test('an empty request, and empty or null envelopes', async (t) => {
  for (const text of [
    '{}',
    '{"resourceSpans":[]}',
    '{"resourceSpans":null}',
    '\ufeff{}',
    '{"resourceSpans":[{}]}',
  ]) {
    t.strictSame(decode(text), { resourceSpans: [] }, text)
  }
})

t.test('what is no request is Undecodable, and the message quotes nothing of it', async (t) => {
  const bodies = [
    '',
    '1234',
    'null',
    '[]',
    '"x"',
    '{"a":hunter2}',
    '{',
    '{"resourceSpans":{}}',
    '{"resourceSpans":[1]}',
  ]
  bodies.push('{"resourceSpans":[{"resource":5}]}', '{"resourceSpans":[{"resource":{"attributes":{}}}]}')
  bodies.push('{"resourceSpans":[{"scopeSpans":"x"}]}', '{"resourceSpans":[{"scopeSpans":[{"spans":{}}]}]}')
  bodies.push('{"resourceSpans":[{"scopeSpans":[{"scope":{"name":[]}}]}]}')
  for (const body of bodies) {
    t.throws(() => decode(body), undecodable, body)
    t.throws(() => decode(body), { message: /^(?!.*hunter2)/ })
  }
  t.throws(() => decode(Buffer.from([0x0a, 0x02, 0xff, 0x00])), undecodable, 'protobuf')
})

t.test('ids are hex in any case; base64 and odd hex are not guessed', async (t) => {
  const hex = one(`{"traceId":"${'AB'.repeat(16)}","spanId":"${'Cd'.repeat(8)}","parentSpanId":""}`)
  t.match(hex, { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), parentSpanId: '', defect: null })
  t.match(one('{"traceId":"q83vASNFZ4mrze8BI0VniQ==","spanId":"abc"}'), {
    traceId: '',
    spanId: '',
    defect: null,
  })
  t.match(one('{"parentSpanId":"q83vASNFZ4k="}'), { defect: 'parentSpanId has the wrong type' })
  const link = one('{"links":[{"traceId":"zz","spanId":"00"}]}')
  t.match(link, { links: [{ traceId: '', spanId: '00' }], repairs: ['bad_link_id'], defect: null })
})

t.test('C4: 64-bit integers are exact, as strings and as bare numbers', async (t) => {
  for (const digits of ['0', '-1', '9007199254740993', '9223372036854775807', '-9223372036854775808']) {
    t.strictSame(value(`{"intValue":"${digits}"}`), kept(BigInt(digits)), `"${digits}"`)
    t.strictSame(value(`{"intValue": ${digits}}`), kept(BigInt(digits)), digits)
  }
  const time = one('{"startTimeUnixNano":1700000000123456789,"endTimeUnixNano":"18446744073709551615"}')
  t.match(time, { startNs: 1_700_000_000_123_456_789n, endNs: 2n ** 64n - 1n, defect: null, repairs: [] })
  t.strictSame(value('{"intValue":1e17}'), kept(100_000_000_000_000_000n, 'int_precision'))
})

t.test('long digits elsewhere stay what they are', async (t) => {
  const digits = '12345678901234567890'
  t.strictSame(value(`{"doubleValue":0.${digits}}`), kept(Number(`0.${digits}`)))
  t.strictSame(value(`{"doubleValue":${digits}}`), kept(Number(digits)))
  t.strictSame(value(`{"doubleValue":${digits}.5e-3}`), kept(Number(`${digits}.5e-3`)))
  const text = `\\\\" , ${digits}: [${digits}] \\`
  t.strictSame(value(`{"stringValue":${JSON.stringify(text)},"x":${digits}}`), kept(text))
  t.throws(() => decode(`{"a":"\\${digits}`), undecodable)
  for (const none of [`0${digits}`, `-0${digits}`, `+${digits}`, `${digits} ${digits}`, `tru${digits}`]) {
    t.throws(() => decode(`{"x":${none}}`), undecodable, `${none} is not JSON`)
  }
})

t.test('a number that is none is kept as it was sent', async (t) => {
  t.strictSame(value('{"intValue":"9223372036854775808"}'), kept('9223372036854775808', 'bad_number'))
  t.strictSame(value('{"intValue":"1.5"}'), kept('1.5', 'bad_number'))
  t.strictSame(value('{"intValue":1.5}'), kept(1.5, 'bad_number'))
  t.strictSame(value('{"doubleValue":"many"}'), kept('many', 'bad_number'))
  t.strictSame(value('{"doubleValue":"0x10"}'), kept('0x10', 'bad_number'))
})

t.test('C5: doubles', async (t) => {
  t.strictSame(value('{"doubleValue":"NaN"}'), kept(Number.NaN))
  t.strictSame(value('{"doubleValue":"Infinity"}'), kept(Number.POSITIVE_INFINITY))
  t.strictSame(value('{"doubleValue":"-Infinity"}'), kept(Number.NEGATIVE_INFINITY))
  t.strictSame(value('{"doubleValue":null}'), kept(Number.NaN, 'null_double'))
  t.ok(Object.is(value('{"doubleValue":-0}').value, -0))
  t.ok(Object.is(value('{"doubleValue":"-0"}').value, -0))
  t.strictSame(value('{"doubleValue":1e308}'), kept(1e308))
  t.strictSame(value('{"doubleValue":1e400}'), kept(Number.POSITIVE_INFINITY))
  t.strictSame(value('{"doubleValue":"1.5e3"}'), kept(1500))
})

t.test('the other values: empty, bytes, lists, maps', async (t) => {
  for (const empty of ['{}', 'null', '{"stringValue":null}', '{"unknown":1}'])
    t.strictSame(value(empty), kept(null))
  t.strictSame(
    one('{"attributes":[{"key":"k"},{}]}').attributes,
    new Map([
      ['k', null],
      ['', null],
    ]),
  )
  t.strictSame(value('{"stringValue":""}'), kept(''))
  t.strictSame(value('{"boolValue":false}'), kept(false))
  t.strictSame(value('{"bytesValue":"+/8="}'), kept(new Uint8Array([0xfb, 0xff])))
  t.strictSame(value('{"bytesValue":"-_8"}'), kept(new Uint8Array([0xfb, 0xff])), 'url-safe, unpadded')
  t.strictSame(value('{"bytesValue":"+/8=!"}'), kept('+/8=!', 'bad_base64'))
  t.strictSame(value('{"arrayValue":{}}'), kept([]))
  t.strictSame(
    value('{"arrayValue":{"values":[{"intValue":1},{},{"stringValue":"a"}]}}'),
    kept([1n, null, 'a']),
  )
  t.strictSame(
    value('{"kvlistValue":{"values":[{"key":"a","value":{"boolValue":true}}]}}'),
    kept(new Map([['a', true]])),
  )
  t.strictSame(value('{"string_value":"snake"}'), kept('snake'))
})

t.test('C3: lone surrogates become U+FFFD, pairs stay', async (t) => {
  t.strictSame(value('{"stringValue":"a\\ud83d"}'), kept('a\ufffd', 'lone_surrogate'))
  t.strictSame(value('{"stringValue":"\\uD83D\\uDE00"}'), kept('\u{1f600}'))
  const key = one('{"attributes":[{"key":"\\udc00"}]}')
  t.match(key, { attributes: new Map([['\ufffd', null]]), repairs: ['lone_surrogate'] })
})

t.test('C2: a body that is not UTF-8 is mended and told', async (t) => {
  const body = Buffer.from('{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a?"},{"name":"good"}]}]}]}')
  body[body.indexOf('?')] = 0xff
  const list = decode(body).resourceSpans[0]?.scopeSpans[0]?.spans
  t.match(list, [
    { name: 'a\ufffd', repairs: ['invalid_utf8'] },
    { name: 'good', repairs: [] },
  ])
  t.strictSame(one('{"name":"\ufffd"}').repairs, [], 'a U+FFFD that was sent is no repair')
})

t.test('C7: nesting beyond 32 is a marker; brackets beyond reason are Undecodable', async (t) => {
  const nested = (levels: number) =>
    value(`${'{"arrayValue":{"values":['.repeat(levels)}{"stringValue":"x"}${']}}'.repeat(levels)}`)
  for (const [levels, inner, ...repairs] of [
    [limits.maxDepth, 'x'],
    [limits.maxDepth + 1, TOO_DEEP, 'too_deep'],
    [100_000, TOO_DEEP, 'too_deep'],
  ] as const) {
    let { value: found, repairs: told } = nested(levels)
    let depth = 0
    for (; Array.isArray(found); depth++) found = found[0]
    t.strictSame({ depth, found, told }, { depth: limits.maxDepth, found: inner, told: repairs }, `${levels}`)
  }
  t.throws(() => decode(`{"x":${'['.repeat(1e6)}${']'.repeat(1e6)}}`), undecodable)
  t.throws(() => decode('['.repeat(2e6)), undecodable)
  t.strictSame(
    decode(`{"x":"${'['.repeat(1e6)}\\""}`),
    { resourceSpans: [] },
    'brackets in a string do not count',
  )
})

t.test('C8: a million attributes, linear', async (t) => {
  const million = Array.from(
    { length: 1_000_000 },
    (_, i) => `{"key":"${i}","value":{"intValue":${i}}}`,
  ).join()
  const started = performance.now()
  t.equal(one(`{"attributes":[${million}]}`).attributes.size, 1_000_000)
  t.ok(performance.now() - started < 10_000)
})

t.test('C9: __proto__ and its like are ordinary keys, everywhere', async (t) => {
  const key = '__proto__'
  const span = one(
    `{"__proto__":{"name":"evil"},"constructor":{"prototype":{"x":1}},
      "attributes":[{"key":"${key}","value":{"kvlistValue":{"values":[{"key":"${key}","value":{"intValue":1}}]}}}]}`,
  )
  t.strictSame(span.attributes, new Map([[key, new Map([[key, 1n]])]]))
  t.equal(span.name, '', 'an own property called __proto__ lends no fields')
  t.equal(({} as Record<string, unknown>).x, undefined)
})

t.test('C17: enum names, snake_case, unknown keys', async (t) => {
  const span = one(
    `{"kind":"SPAN_KIND_CLIENT","status":{"code":"STATUS_CODE_ERROR","message":"m"},"start_time_unix_nano":"5","unknown":[{}],
      "dropped_events_count":3,"events":[{"time_unix_nano":7,"name":"e"}],"flags":257}`,
  )
  t.match(span, {
    kind: 3,
    statusCode: 2,
    statusMessage: 'm',
    startNs: 5n,
    droppedEventsCount: 3,
    flags: 257,
    defect: null,
  })
  t.match(span.events, [{ timeNs: 7n, name: 'e' }])
  t.equal(one('{"kind":"CONSUMER"}').kind, 5)
  const snake = decode('{"resource_spans":[{"scope_spans":[{"spans":[{"name":"n"}]}]}]}')
  t.equal(snake.resourceSpans[0]?.scopeSpans[0]?.spans[0]?.name, 'n')
})

t.test('C17: a wrong type in a span costs that span only', async (t) => {
  const wrong = [
    '5',
    'null',
    '[]',
    '{"attributes":{}}',
    '{"attributes":[5]}',
    '{"name":7}',
    '{"kind":"NONSENSE"}',
  ]
  wrong.push(
    '{"startTimeUnixNano":"soon"}',
    '{"startTimeUnixNano":-1}',
    '{"endTimeUnixNano":"18446744073709551616"}',
  )
  wrong.push(
    '{"traceId":5}',
    '{"events":{}}',
    '{"events":[1]}',
    '{"links":"x"}',
    '{"status":1}',
    '{"flags":-1}',
  )
  for (const any of [
    '5',
    '{"stringValue":5}',
    '{"intValue":true}',
    '{"boolValue":"true"}',
    '{"doubleValue":{}}',
  ]) {
    wrong.push(`{"attributes":[{"key":"k","value":${any}}]}`)
  }
  wrong.push('{"attributes":[{"key":{}}]}', '{"attributes":[{"key":"k","value":{"arrayValue":[]}}]}')
  for (const span of wrong) {
    const list = spans(`{"name":"before"},${span},{"name":"after"}`).resourceSpans[0]?.scopeSpans[0]?.spans
    t.match(
      list,
      [{ name: 'before', defect: null }, { defect: /has the wrong type$/ }, { name: 'after', defect: null }],
      span,
    )
  }
})

t.test('a duplicate key, and repairs of resource and scope', async (t) => {
  const twice = one('{"attributes":[{"key":"k","value":{"intValue":1}},{"key":"k","value":{"intValue":2}}]}')
  t.strictSame(twice.attributes, new Map([['k', 2n]]))
  t.strictSame(twice.repairs, ['duplicate_key'])
  const request = decode(
    `{"resourceSpans":[{"resource":{"attributes":[{"key":"a"},{"key":"a"}]},"schemaUrl":"r",
      "scopeSpans":[{"scope":{"name":"\\ud800"},"schemaUrl":"s","spans":[{}]},{"spans":[{}]}]}]}`,
  )
  const [part] = request.resourceSpans
  t.equal(part?.resource.schemaUrl, 'r')
  t.equal(part?.scopeSpans[0]?.scope.schemaUrl, 's')
  t.strictSame(part?.scopeSpans[0]?.spans[0]?.repairs, ['duplicate_key', 'lone_surrogate'])
  t.strictSame(part?.scopeSpans[1]?.spans[0]?.repairs, ['duplicate_key'])
})

t.test('spans and events beyond the budget are counted', async (t) => {
  const many = spans(
    Array(limits.maxSpansPerRequest + 3)
      .fill('{}')
      .join(),
  )
  t.equal(many.surplusSpans, 3)
  const span = one(`{"droppedEventsCount":1,"events":[${Array(262_150).fill('{}').join()}]}`)
  t.equal(span.events.length + span.droppedEventsCount, 262_151)
  t.strictSame(span.repairs, ['too_many_events'])
})
