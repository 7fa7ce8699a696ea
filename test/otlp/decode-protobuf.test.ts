import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import { limits } from '../../src/limits.ts'
import type { OtlpSpan } from '../../src/model/otlp.ts'
import { decodeLogsRequest, decodeTraceRequest } from '../../src/otlp/index.ts'
import { TOO_DEEP } from '../../src/otlp/repairs.ts'
import { attribute, len, nested, requestOf, varint, varintField } from './wire-bytes.ts'

const decode = (body: Buffer) => decodeTraceRequest(body, 'protobuf')
const one = (body: Buffer): OtlpSpan => decode(body).resourceSpans[0]?.scopeSpans[0]?.spans[0] as OtlpSpan
const undecodable = { code: 'TRACE_UNDECODABLE', statusCode: 400 }

t.test('an empty body is an empty request; envelopes without spans are left out', async (t) => {
  t.strictSame(decode(Buffer.alloc(0)), { resourceSpans: [] })
  t.strictSame(decode(len(1, len(2), len(1, len(1, len(1, 'k'))))), { resourceSpans: [] })
})

t.test('what cannot be protobuf is Undecodable', async (t) => {
  const cases: Record<string, Buffer> = {
    text: Buffer.from('1234'),
    'a length beyond the end': Buffer.from([0x0a, 0x7f, 0x00]),
    'a length of 2^63': Buffer.concat([Buffer.from([0x0a]), varint(2n ** 63n)]),
    'a length beyond its message': len(1, len(2, len(2, Buffer.from([0x0a, 0x10, 1, 2])))),
    'a varint without end': Buffer.from(Array<number>(20).fill(0xff)),
    'a varint of 11 bytes': requestOf(Buffer.from([0x30, ...Array<number>(10).fill(0x80), 1])),
    'field number 0': Buffer.from([0x02, 0x00]),
    'a tag beyond 32 bits': Buffer.from([0xfa, 0xff, 0xff, 0xff, 0x1f, 0x00]),
    'a group': Buffer.from([0x0b, 0x0c]),
    'wire type 7': Buffer.from([0x0f]),
    'a fixed64 cut short': requestOf(Buffer.from([0x39, 1, 2, 3])),
    'a fixed32 cut short': requestOf(Buffer.from([0x85, 0x01, 1])),
    'a double cut short': requestOf(attribute('k', Buffer.from([0x21, 1]))),
    'an unknown fixed64 cut short': requestOf(Buffer.from([0xf9, 0x01, 1])),
  }
  for (const [name, body] of Object.entries(cases)) {
    t.throws(() => decode(body), undecodable, name)
  }
})

t.test('every prefix of a valid batch is Undecodable or a smaller batch', async (t) => {
  const body = readFileSync(new URL('../fixtures/otlp/orcheo-2.pb', import.meta.url))
  let refused = 0
  for (let length = 0; length < body.length; length++) {
    try {
      decode(body.subarray(0, length))
    } catch (error) {
      t.match(error, undecodable)
      refused++
    }
  }
  t.ok(refused > body.length - 10)
})

t.test('random bytes never throw anything else', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      for (const read of [decodeTraceRequest, decodeLogsRequest]) {
        for (const body of [Buffer.from(bytes), requestOf(Buffer.from(bytes)), randomBytes(50)]) {
          try {
            read(body, 'protobuf')
          } catch (error) {
            if ((error as NodeJS.ErrnoException).code !== 'TRACE_UNDECODABLE') throw error
          }
        }
      }
    }),
    { numRuns: 2000 },
  )
})

t.test('unknown fields and known fields of another wire type are skipped', async (t) => {
  const unknown = Buffer.concat([
    varintField(900, 5),
    len(901, 'x'),
    Buffer.from([0xa9, 0x38, 1, 2, 3, 4, 5, 6, 7, 8]),
  ])
  const wrong = Buffer.concat([varintField(1, 7), len(7, 'time'), varintField(9, 1), varintField(5, 3)])
  const span = one(requestOf(len(5, 'name'), unknown, wrong))
  t.equal(span.name, 'name')
  t.equal(span.traceId, '')
  t.equal(span.startNs, 0n)
  t.equal(span.attributes.size, 0)
  t.strictSame(span.repairs, [])
})

t.test('a field that comes twice: the last scalar, messages merged', async (t) => {
  const span = one(
    requestOf(
      len(5, 'first'),
      len(5, 'last'),
      len(15, len(2, 'why')),
      len(15, varintField(3, 2)),
      len(9, len(1, 'list'), len(2, len(5, len(1, len(1, 'a')))), len(2, len(5, len(1, len(1, 'b'))))),
    ),
  )
  t.match(span, { name: 'last', statusCode: 2, statusMessage: 'why' })
  t.strictSame(span.attributes.get('list'), ['a', 'b'])
  const resource = (key: string) => len(1, len(1, len(1, key)))
  const request = decode(len(1, resource('a'), len(2, len(2)), resource('b')))
  t.strictSame([...(request.resourceSpans[0]?.resource.attributes.keys() ?? [])], ['a', 'b'])
})

t.test('instrumentation library spans of old (field 1000)', async (t) => {
  const scope = len(1, len(1, 'lib'), len(2, '0.1'))
  const part = decode(len(1, len(1000, scope, len(2, len(5, 'old'))))).resourceSpans[0]?.scopeSpans[0]
  t.match(part?.scope, { name: 'lib', version: '0.1' })
  t.equal(part?.spans[0]?.name, 'old')
})

t.test('profile-only string indexes act as empty', async (t) => {
  const span = one(requestOf(len(9, varintField(3, 7), len(2, varintField(8, 3)))))
  t.strictSame([...span.attributes], [['', null]])
})

t.test('C2: bad UTF-8 becomes U+FFFD, is told, and costs nothing else', async (t) => {
  const bad = { lone: [0xff], overlong: [0xc0, 0xaf], cut: [0xe2, 0x82], surrogate: [0xed, 0xa0, 0x80] }
  for (const [name, bytes] of Object.entries(bad)) {
    const span = one(requestOf(len(5, 'good'), attribute('k', len(1, Buffer.from([0x61, ...bytes, 0x62])))))
    t.match(span.attributes.get('k'), /^a\ufffd+b$/, name)
    t.strictSame(span.repairs, ['invalid_utf8'], name)
    t.equal(span.name, 'good')
  }
  for (let i = 0; i < 2; i++) {
    const key = one(requestOf(attribute(Buffer.from([0xff]), len(1, 'v'))))
    t.strictSame([...key.attributes], [['\ufffd', 'v']])
    t.strictSame(key.repairs, ['invalid_utf8'], 'a key, also the second time')
  }
  t.strictSame(one(requestOf(len(5, '\ufffd'))).repairs, [], 'a U+FFFD that was sent is no repair')
})

t.test('bad UTF-8 in a resource or scope is told of its spans', async (t) => {
  const bad = Buffer.from([0xff])
  const inResource = decode(len(1, len(2, len(2)), len(1, len(1, len(1, bad)))))
  t.strictSame(inResource.resourceSpans[0]?.scopeSpans[0]?.spans[0]?.repairs, ['invalid_utf8'])
  const inScope = decode(len(1, len(2, len(2), len(1, len(1, bad)))))
  t.strictSame(inScope.resourceSpans[0]?.scopeSpans[0]?.spans[0]?.repairs, ['invalid_utf8'])
})

t.test('C4: int64 extremes are exact', async (t) => {
  for (const value of [
    0n,
    1n,
    -1n,
    127n,
    128n,
    2n ** 53n + 1n,
    2n ** 63n - 1n,
    -(2n ** 63n),
    2n ** 32n,
    -(2n ** 32n),
  ]) {
    t.equal(one(requestOf(attribute('k', varintField(3, value)))).attributes.get('k'), value)
  }
})

t.test('C6: ids of any length come out as lower-case hex', async (t) => {
  for (const bytes of [0, 1, 8, 15, 16, 17, 32]) {
    t.equal(one(requestOf(len(1, Buffer.alloc(bytes, 0xab)))).traceId, 'ab'.repeat(bytes))
  }
})

t.test('C7: nesting beyond 32 is a marker, at any depth', async (t) => {
  const depthOf = (levels: number) => {
    const span = one(requestOf(attribute('k', nested(levels))))
    let value = span.attributes.get('k')
    let depth = 0
    for (; Array.isArray(value); depth++) value = value[0]
    return { depth, value, repairs: span.repairs }
  }
  t.strictSame(depthOf(limits.maxDepth), { depth: limits.maxDepth, value: 'x', repairs: [] })
  for (const levels of [limits.maxDepth + 1, 100, 100_000]) {
    t.strictSame(
      depthOf(levels),
      { depth: limits.maxDepth, value: TOO_DEEP, repairs: ['too_deep'] },
      `${levels}`,
    )
  }
})

t.test('C8: a million attributes, 10,000 events, duplicate and empty keys, a key of 1 MB', async (t) => {
  /** Processor time that reading a span of so many attributes takes: microseconds. */
  const cost = (count: number) => {
    const sent = requestOf(
      Buffer.concat(Array.from({ length: count }, (_, i) => attribute(String(i), len(1)))),
    )
    const before = process.cpuUsage()
    t.equal(one(sent).attributes.size, count)
    const { user, system } = process.cpuUsage(before)
    return user + system
  }
  const tenth = Math.min(cost(100_000), cost(100_000), cost(100_000))
  t.ok(
    cost(1_000_000) < 40 * tenth,
    'linear: ten times as many are far below the hundredfold of a quadratic reader',
  )
  t.equal(one(requestOf(...Array.from({ length: 10_000 }, () => len(11)))).events.length, 10_000)
  const twice = one(
    requestOf(attribute('k', len(1, 'a')), attribute('k', len(1, 'b')), attribute('', len(1, 'c'))),
  )
  t.strictSame(
    [...twice.attributes],
    [
      ['k', 'b'],
      ['', 'c'],
    ],
  )
  t.strictSame(twice.repairs, ['duplicate_key'])
  t.ok(one(requestOf(attribute('k'.repeat(1e6), len(1, 'v')))).attributes.has('k'.repeat(1e6)))
})

t.test('two bytes a span or event cannot exhaust memory: the surplus is counted', async (t) => {
  const empty = (field: number, count: number) => Buffer.alloc(count * 2, Buffer.from([(field << 3) | 2, 0]))
  const many = decode(len(1, len(2, empty(2, limits.maxSpansPerRequest + 7))))
  t.equal(many.resourceSpans[0]?.scopeSpans[0]?.spans.length, limits.maxSpansPerRequest)
  t.equal(many.surplusSpans, 7)
  const span = one(requestOf(empty(11, 300_000), empty(13, 10), varintField(12, 5)))
  t.equal(span.events.length + span.droppedEventsCount, 300_005)
  t.equal(span.links.length + span.droppedLinksCount, 10)
  t.ok(span.events.length < 300_000)
  t.strictSame(span.repairs, ['too_many_events'])
})

t.test('C9: __proto__ and its like are ordinary keys', async (t) => {
  const keys = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
  const span = one(
    requestOf(...keys.map((key) => attribute(key, len(6, len(1, len(1, key), len(2, len(1, 'v'))))))),
  )
  for (const key of keys) t.strictSame(span.attributes.get(key), new Map([[key, 'v']]))
  t.equal(({} as Record<string, unknown>).x, undefined)
})

t.test('nothing that is returned shares memory with the body', async (t) => {
  const body = requestOf(attribute('k', len(7, Buffer.from([1, 2, 3]))), len(5, 'shared'))
  const span = one(body)
  body.fill(0)
  t.strictSame(span.attributes.get('k'), new Uint8Array([1, 2, 3]))
  t.equal(span.name, 'shared')
  t.not(span.attributes.get('k') instanceof Buffer, true)
})
