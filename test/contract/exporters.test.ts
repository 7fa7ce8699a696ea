import { ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, NodeTracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace-node'
import t from 'tap'
import { bearer } from '../http/service.ts'
import { wireService } from './door.ts'

/** An execution of four spans: a root that calls a model three times, the last in vain. */
async function work(exporter: SpanExporter, executionId: string): Promise<void> {
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'exporters' }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  })
  const tracer = provider.getTracer('tests', '1')
  const attributes = { 'workflow.execution.id': executionId, 'workflow.id': 'exported' }
  const root = tracer.startSpan('run', { attributes })
  const inRoot = trace.setSpan(ROOT_CONTEXT, root)
  for (let call = 0; call < 3; call++) {
    const span = tracer.startSpan(
      'chat mock',
      { attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': 10 } },
      inRoot,
    )
    if (call === 2) {
      span.recordException(new Error('boom'))
      span.setStatus({ code: SpanStatusCode.ERROR, message: 'boom' })
    }
    span.end()
  }
  root.end()
  await provider.forceFlush()
  await provider.shutdown()
}

t.test('the OpenTelemetry JS exporters export to the built service', async (t) => {
  const url = await wireService(t)
  const options = { url: `${url}/v1/traces`, headers: bearer({ scope: 'traces:write' }) }
  await work(new ProtobufExporter({ ...options }), 'by-protobuf')
  await work(new JsonExporter({ ...options }), 'by-json')
  await work(new ProtobufExporter({ ...options, compression: 'gzip' as never }), 'by-gzip')
  for (const id of ['by-protobuf', 'by-json', 'by-gzip']) {
    const answer = await fetch(`${url}/api/executions/${id}/trace`, {
      headers: bearer({ scope: 'traces:read' }),
    })
    const body = (await answer.json()) as {
      execution: object
      spans: { name: string; status: { code: string } }[]
    }
    t.match(body.execution, { id, workflow_id: 'exported', status: 'completed', token_usage: { input: 30 } })
    t.same(body.spans.map((span) => span.name).sort(), ['chat mock', 'chat mock', 'chat mock', 'run'])
    t.equal(body.spans.filter((span) => span.status.code === 'ERROR').length, 1)
  }
})
