import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import type { TraceRequest } from '../../src/model/otlp.ts'
import { decodeTraceProtobuf, decodeTraceProtobufParts } from '../../src/otlp/decode-protobuf.ts'
import { traceRequest } from './arbitraries.ts'
import { encodeByReference } from './reference.ts'
import { len, requestOf } from './wire-bytes.ts'

const spansOf = (request: TraceRequest) =>
  request.resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) => spans.map((span) => ({ resource, scope, span }))),
  )

t.test('parts hold the spans of the whole, in order, with their resources and scopes', async () => {
  fc.assert(
    fc.property(traceRequest, fc.integer({ min: 1, max: 4 }), (request, most) => {
      const body = encodeByReference(request)
      const parts = [...decodeTraceProtobufParts(body, most)]
      return (
        parts.every((part, index) => {
          const { length } = spansOf(part)
          return length === most || (length > 0 && index === parts.length - 1)
        }) && isDeepStrictEqual(parts.flatMap(spansOf), spansOf(decodeTraceProtobuf(body)))
      )
    }),
  )
})

t.test('what is wrong with the third span is said after the first two', async (t) => {
  const span = len(2, len(5, 'good'))
  const body = len(1, len(2, span, span, len(2, Buffer.from([0x0a, 0x7f]))))
  const parts = decodeTraceProtobufParts(body, 1)
  t.equal(spansOf(parts.next().value as TraceRequest)[0]?.span.name, 'good')
  t.equal(spansOf(parts.next().value as TraceRequest)[0]?.span.name, 'good')
  t.throws(() => parts.next(), { code: 'TRACE_UNDECODABLE' })
})

t.test('equal resources of two requests are one object; one that was mended is told each time', async (t) => {
  const resource = (value: string | Buffer) => len(1, len(1, len(1, 'service.name'), len(2, len(1, value))))
  const request = (value: string | Buffer) => {
    const [inner] = decodeTraceProtobuf(
      len(1, resource(value), len(2, len(2, len(5, 'a'))), len(3, 'https://example.com/schema')),
    ).resourceSpans
    return { resource: inner?.resource, span: inner?.scopeSpans[0]?.spans[0] }
  }
  t.equal(request('one').resource, request('one').resource)
  t.strictSame(request('two').resource?.attributes, new Map([['service.name', 'two']]))
  t.equal(request('two').resource?.schemaUrl, 'https://example.com/schema')
  for (let i = 0; i < 2; i++) {
    t.strictSame(request(Buffer.from([0xff])).span?.repairs, ['invalid_utf8'], `time ${i}`)
  }
  const bare = decodeTraceProtobuf(requestOf(len(5, 'b'))).resourceSpans[0]?.resource
  t.strictSame(bare, { attributes: new Map(), droppedAttributesCount: 0, schemaUrl: '' })
})
