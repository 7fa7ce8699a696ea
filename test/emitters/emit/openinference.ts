import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai'
import OpenAI from 'openai'
import { chatServer, converse } from './chat.ts'
import { emit } from './provider.ts'

const { baseURL, close } = await chatServer()
await emit(async () => {
  new OpenAIInstrumentation().manuallyInstrument(OpenAI)
  await converse(new OpenAI({ apiKey: 'none', baseURL }))
})
close()
