import type { AddressInfo } from 'node:net'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { BatchSpanProcessor, NodeTracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace-node'
import t from 'tap'
import { Toxic, type Watcher } from '../helpers/toxic.ts'
import { realService } from '../http/real-service.ts'
import { bearer } from '../http/service.ts'

t.setTimeout(180_000)

/** Spans through an exporter: their ids, and what it said of each export. */
async function send(exporter: SpanExporter): Promise<{ ids: string[]; codes: number[] }> {
  const codes: number[] = []
  const telling: SpanExporter = {
    export: (spans, callback) =>
      exporter.export(spans, (result) => {
        codes.push(result.code)
        callback(result)
      }),
    shutdown: () => exporter.shutdown(),
  }
  const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(telling)] })
  const tracer = provider.getTracer('tests')
  const ids = Array.from({ length: 40 }, (_, n) => {
    const span = tracer.startSpan(`step ${n}`)
    span.end()
    return span.spanContext().spanId
  })
  await provider.forceFlush()
  await provider.shutdown()
  return { ids, codes }
}

/** The first `times` requests lose their connection when half of a body has arrived. */
function cutBodies(times: number): { watcher: Watcher; cut: () => number } {
  let cut = 0
  const watcher: Watcher = (bytes, direction, { server }) => {
    if (direction === 'down' || cut === times) return 'pass'
    cut += 1
    const body = bytes.indexOf('\r\n\r\n') + 4
    server.write(bytes.subarray(0, body + ((bytes.length - body) >> 1)))
    return 'reset'
  }
  return { watcher, cut: () => cut }
}

/** The first `times` answers are lost with their connection: the spans are stored, and nobody hears of it. */
function cutAnswers(times: number): { watcher: Watcher; cut: () => number } {
  let cut = 0
  const watcher: Watcher = (bytes, direction) => {
    if (direction === 'up' || cut === times || !bytes.includes('HTTP/1.1 200')) return 'pass'
    cut += 1
    return 'reset'
  }
  return { watcher, cut: () => cut }
}

t.test('a real exporter, and a network that cuts its bodies and its answers', async (t) => {
  const { app, database } = await realService(t)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const toxic = await Toxic.start(t, { port: (app.server.address() as AddressInfo).port })
  const options = {
    url: `http://127.0.0.1:${toxic.port}/v1/traces`,
    headers: bearer({ scope: 'traces:write' }),
    timeoutMillis: 60_000,
  }
  for (const [name, Exporter] of [
    ['protobuf', ProtobufExporter],
    ['JSON', JsonExporter],
  ] as const) {
    for (const [what, fault] of [
      ['half a body', cutBodies(2)],
      ['an answer', cutAnswers(2)],
    ] as const) {
      toxic.watcher = fault.watcher
      const { ids, codes } = await send(new Exporter(options))
      t.equal(fault.cut(), 2, `${name}: ${what} was cut, twice`)
      t.strictSame(codes, [0], `${name}: the exporter came back until all was taken`)
      const sql = 'select count(*)::int as n from spans where span_id = any ($1)'
      const { rows } = await database.read.query(sql, [ids.map((id) => Buffer.from(id, 'hex'))])
      t.equal(rows[0].n, ids.length, `${name}: nothing is lost, and nothing doubled`)
    }
  }
})
