import fc from 'fast-check'
import type { Attributes, AttributeValue } from '../../src/model/attributes.ts'
import type { OtlpSpan, Resource, Scope, TraceRequest } from '../../src/model/otlp.ts'

/** `fc.record` with ordinary prototypes, so that results compare as equal to what the readers build. */
const record = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(fields, { noNullPrototype: true }) as fc.Arbitrary<T>
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom('', '\u0000', '\ufffd', '\u{1f600}', 'ключ', '__proto__', 'constructor', '"\\\n'),
)
const key = fc.oneof(text, fc.constantFrom('gen_ai.system', 'toString', 'x'.repeat(80)))
const uint32 = fc.oneof(fc.constant(0), fc.nat({ max: 0xffff_ffff }))
const nanos = fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
const id = (bytes: number) =>
  fc
    .oneof(
      { weight: 5, arbitrary: fc.uint8Array({ minLength: bytes, maxLength: bytes }) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }) },
    )
    .map((value) => Buffer.from(value).toString('hex'))

const { value: anyValue } = fc.letrec<{ value: AttributeValue; entries: Attributes }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'value' },
    text,
    fc.boolean(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.constantFrom(0n, 1n, -1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)),
    fc.double(),
    fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e308, 5e-324),
    fc.uint8Array({ maxLength: 10 }),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3, depthIdentifier: 'value' }),
    tie('entries'),
  ),
  entries: fc
    .array(fc.tuple(key, tie('value')), { maxLength: 3, depthIdentifier: 'value' })
    .map((entries) => new Map(entries)),
}))
const attributes: fc.Arbitrary<Attributes> = fc
  .array(fc.tuple(key, anyValue), { maxLength: 5 })
  .map((entries) => new Map(entries))

const span: fc.Arbitrary<OtlpSpan> = record({
  traceId: id(16),
  spanId: id(8),
  parentSpanId: id(8),
  traceState: text,
  flags: uint32,
  name: text,
  kind: fc.integer({ min: 0, max: 6 }),
  startNs: nanos,
  endNs: nanos,
  attributes,
  droppedAttributesCount: uint32,
  events: fc.array(record({ timeNs: nanos, name: text, attributes, droppedAttributesCount: uint32 }), {
    maxLength: 2,
  }),
  droppedEventsCount: uint32,
  links: fc.array(
    record({
      traceId: id(16),
      spanId: id(8),
      traceState: text,
      flags: uint32,
      attributes,
      droppedAttributesCount: uint32,
    }),
    { maxLength: 2 },
  ),
  droppedLinksCount: uint32,
  statusCode: fc.integer({ min: 0, max: 3 }),
  statusMessage: text,
  defect: fc.constant(null),
  clean: fc.constant(false),
  repairs: fc.constant([]).map(() => []),
})
const resource: fc.Arbitrary<Resource> = record({
  attributes,
  droppedAttributesCount: uint32,
  schemaUrl: text,
})
const scope: fc.Arbitrary<Scope> = record({
  name: text,
  version: text,
  attributes,
  droppedAttributesCount: uint32,
  schemaUrl: text,
})

/** Any request that both encodings can say: every value type, extreme numbers, odd ids and keys. */
export const traceRequest: fc.Arbitrary<TraceRequest> = record({
  resourceSpans: fc.array(
    record({
      resource,
      scopeSpans: fc.array(record({ scope, spans: fc.array(span, { minLength: 1, maxLength: 2 }) }), {
        minLength: 1,
        maxLength: 2,
      }),
    }),
    { maxLength: 2 },
  ),
})

/** A body with a few bytes changed, cut out, doubled or put in. */
export const mutation = record({
  kind: fc.constantFrom('set', 'cut', 'double', 'insert'),
  // without bias: a double would mostly be next to 0, and the first byte be all that changes
  at: fc.noBias(fc.nat({ max: 999_999 })).map((millionths) => millionths / 1_000_000),
  length: fc.integer({ min: 1, max: 12 }),
  byte: fc.integer({ min: 0, max: 255 }),
})

export function mutate(
  body: Buffer,
  changes: { kind: string; at: number; length: number; byte: number }[],
): Buffer {
  let bytes = Buffer.from(body)
  for (const { kind, at, length, byte } of changes) {
    const index = Math.floor(at * bytes.length)
    if (kind === 'set') {
      if (bytes.length > 0) bytes[index] = byte
    } else {
      const tail = kind === 'cut' ? bytes.subarray(index + length) : bytes.subarray(index)
      const put =
        kind === 'double' ? bytes.subarray(index, index + length) : Buffer.from(kind === 'cut' ? [] : [byte])
      bytes = Buffer.concat([bytes.subarray(0, index), put, tail])
    }
  }
  return bytes
}
