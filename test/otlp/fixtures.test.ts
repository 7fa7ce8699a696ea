import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import type { TraceRequest } from '../../src/model/otlp.ts'
import { decodeLogsRequest, decodeTraceRequest, encodeTraceRequestJson } from '../../src/otlp/index.ts'

const folder = new URL('../fixtures/otlp/', import.meta.url)
const names = readdirSync(folder)
const read = (name: string) => readFileSync(new URL(name, folder))
const spansOf = (request: TraceRequest) =>
  request.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))

t.test('each pair of .json and .pb is the same request', async (t) => {
  const pairs = names.filter((name) => name.endsWith('.pb'))
  t.equal(pairs.length, 3)
  for (const name of pairs) {
    const json = decodeTraceRequest(read(name.replace('.pb', '.json')), 'json')
    const protobuf = decodeTraceRequest(read(name), 'protobuf')
    // what is known of the texts: only bytes that were read as UTF-8 tell it
    for (const span of spansOf(protobuf)) {
      t.equal(span.clean, true)
      span.clean = false
    }
    t.strictSame(protobuf, json, name)
  }
})

t.test('every captured export is read whole, with nothing to mend, and writes back as itself', async (t) => {
  const files = names.filter((name) => name.endsWith('.json') && !name.endsWith('.logs.json'))
  t.equal(files.length, 9)
  for (const name of files) {
    const body = read(name)
    const request = decodeTraceRequest(body, 'json')
    const spans = spansOf(request)
    t.equal(spans.length, body.toString().match(/"startTimeUnixNano":/g)?.length ?? 0, `${name}: every span`)
    t.ok(
      spans.every(({ defect, repairs }) => defect === null && repairs.length === 0),
      `${name}: nothing mended`,
    )
    t.ok(
      spans.every(({ traceId, spanId }) => /^[0-9a-f]{32}$/.test(traceId) && /^[0-9a-f]{16}$/.test(spanId)),
      name,
    )
    t.strictSame(
      decodeTraceRequest(Buffer.from(encodeTraceRequestJson(request)), 'json'),
      request,
      `${name}: back`,
    )
  }
})

t.test('Orcheo: the values of one span', async (t) => {
  const spans = spansOf(decodeTraceRequest(read('orcheo-2.pb'), 'protobuf'))
  const tokens = spans.map((span) => span.attributes.get('orcheo.token.input'))
  t.ok(
    tokens.some((value) => typeof value === 'bigint'),
    'int64 is a bigint',
  )
  t.ok(spans.every(({ startNs, endNs }) => startNs > 1_700_000_000n * 10n ** 9n && endNs >= startNs))
})

t.test('log records that carry prompts, tied to their spans', async (t) => {
  const { records } = decodeLogsRequest(read('opentelemetry-instrumentation-openai.logs.json'), 'json')
  t.ok(records.length > 0)
  t.ok(
    records.every(({ traceId, spanId, defect }) => traceId.length === 32 && spanId.length === 16 && !defect),
  )
  t.ok(
    records.some(({ body }) => body instanceof Map),
    'a body is a map',
  )
  t.ok(records.every(({ scope }) => scope.name !== ''))
})
