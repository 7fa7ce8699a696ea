import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai'
import { OpenAIInstrumentation as TraceloopInstrumentation } from '@traceloop/instrumentation-openai'
import OpenAI from 'openai'
import { chatServer, converse } from './chat.ts'
import { emit } from './provider.ts'

// two libraries instrument the same client: every call is told twice
const { baseURL, close } = await chatServer()
await emit(async () => {
  new TraceloopInstrumentation().manuallyInstrument(OpenAI)
  new OpenAIInstrumentation().manuallyInstrument(OpenAI)
  await converse(new OpenAI({ apiKey: 'none', baseURL }))
})
close()
