import { createRequire } from 'node:module'
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http'
import { OpenAIInstrumentation } from '@opentelemetry/instrumentation-openai'
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs'
import { chatServer, converse } from './chat.ts'
import { address, emit, headers } from './provider.ts'

// content travels as log records only
const exporter = new OTLPLogExporter({ url: `${address}/v1/logs`, headers })
const logs = new LoggerProvider({ processors: [new BatchLogRecordProcessor({ exporter })] })
const instrumentation = new OpenAIInstrumentation({ captureMessageContent: true })
instrumentation.setLoggerProvider(logs)

const { baseURL, close } = await chatServer()
await emit(async () => {
  // its hook sees `require` alone
  const { OpenAI } = createRequire(import.meta.url)('openai')
  await converse(new OpenAI({ apiKey: 'none', baseURL }))
})
await logs.forceFlush()
await logs.shutdown()
close()
