import { type Context, context, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, NodeTracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace-node'

const { SERVICE_URL = '', SERVICE_TOKEN = '', EXECUTION_ID = '' } = process.env

export const address = SERVICE_URL
export const headers = { authorization: `Bearer ${SERVICE_TOKEN}` }

/**
 * Runs `work` below a root span that names the execution, and exports everything for real before it returns. Without
 * `processor` the SDK's own exporter sends protobuf.
 */
export async function emit(work: () => Promise<unknown>, processor?: SpanProcessor): Promise<void> {
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'emitter' }),
    spanProcessors: [
      processor ?? new BatchSpanProcessor(new OTLPTraceExporter({ url: `${address}/v1/traces`, headers })),
    ],
  })
  provider.register()
  const root = trace.getTracer('workflow').startSpan('workflow.run', {
    attributes: { 'workflow.execution.id': EXECUTION_ID, 'workflow.id': 'emitters' },
  })
  const inside: Context = trace.setSpan(context.active(), root)
  await context.with(inside, work)
  root.end()
  await provider.forceFlush()
  await provider.shutdown()
}
