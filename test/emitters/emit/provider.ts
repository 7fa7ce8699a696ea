import { type Context, context, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, NodeTracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace-node'

const { SERVICE_URL = '', SERVICE_TOKEN = '', EXECUTION_ID = '' } = process.env

export const address = SERVICE_URL
export const execution = EXECUTION_ID
export const headers = { authorization: `Bearer ${SERVICE_TOKEN}` }

/** Runs `work` and exports everything for real before it returns. Without `processor` the SDK's own exporter sends protobuf. */
export async function exporting(work: () => Promise<unknown>, processor?: SpanProcessor): Promise<void> {
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'emitter' }),
    spanProcessors: [
      processor ?? new BatchSpanProcessor(new OTLPTraceExporter({ url: `${address}/v1/traces`, headers })),
    ],
  })
  provider.register()
  await work()
  await provider.forceFlush()
  await provider.shutdown()
}

/** `exporting`, below a root span that names the execution. */
export function emit(work: () => Promise<unknown>, processor?: SpanProcessor): Promise<void> {
  return exporting(async () => {
    const root = trace.getTracer('workflow').startSpan('workflow.run', {
      attributes: { 'workflow.execution.id': execution, 'workflow.id': 'emitters' },
    })
    const inside: Context = trace.setSpan(context.active(), root)
    await context.with(inside, work)
    root.end()
  }, processor)
}
