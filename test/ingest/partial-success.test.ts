import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { BatchSpanProcessor, NodeTracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace-node'
import t from 'tap'
import { StoreUnavailable } from '../../src/errors.ts'
import { bearer, service } from '../http/service.ts'

/** Three spans through an exporter: what it said of the export, once. */
async function send(inner: SpanExporter): Promise<number[]> {
  const codes: number[] = []
  const telling: SpanExporter = {
    export: (spans, callback) =>
      inner.export(spans, (result) => {
        codes.push(result.code)
        callback(result)
      }),
    shutdown: () => inner.shutdown(),
  }
  const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(telling)] })
  const tracer = provider.getTracer('tests')
  for (let n = 0; n < 3; n++) tracer.startSpan(`step ${n}`).end()
  await provider.forceFlush()
  await provider.shutdown()
  return codes
}

t.test('D8: a real client takes a partial success for a success, and does not send it again', async (t) => {
  const { url, store } = await service(t)
  let times = 0
  store.write = async (_writer, spans) => {
    times += 1
    return { stored: spans.length - 1, refused: [{ reason: 'erased', count: 1 }] }
  }
  const options = { url: `${url}/v1/traces`, headers: bearer({ scope: 'traces:write' }) }
  for (const exporter of [new ProtobufExporter(options), new JsonExporter(options)]) {
    times = 0
    t.strictSame(await send(exporter), [0])
    t.equal(times, 1)
  }
})

t.test('a real client comes back after a 503, within the second that Retry-After says', async (t) => {
  const { url, store } = await service(t)
  let times = 0
  store.write = async (_writer, spans) => {
    times += 1
    if (times < 3) throw new StoreUnavailable()
    return { stored: spans.length, refused: [] }
  }
  const exporter = new ProtobufExporter({
    url: `${url}/v1/traces`,
    headers: bearer({ scope: 'traces:write' }),
  })
  t.strictSame(await send(exporter), [0])
  t.equal(times, 3)
})
