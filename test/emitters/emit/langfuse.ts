import { LangfuseSpanProcessor } from '@langfuse/otel'
import { startActiveObservation, startObservation } from '@langfuse/tracing'
import { address, emit } from './provider.ts'

// its own exporter and address: basic authentication, whose password is the token
const { SERVICE_TOKEN = '' } = process.env

await emit(
  () =>
    startActiveObservation(
      'weather-agent',
      async (agent) => {
        agent.update({ input: { question: 'What is the weather in Paris?' } })
        startObservation(
          'ask',
          {
            model: 'gpt-4o-mini',
            input: [
              { role: 'system', content: 'You are terse.' },
              { role: 'user', content: 'What is the weather in Paris?' },
            ],
            output: { role: 'assistant', content: 'It is 18 degrees in Paris.' },
            usageDetails: { input: 57, output: 17, total: 74, input_cached_tokens: 32 },
            costDetails: { total: 0.25 },
          },
          { asType: 'generation' },
        ).end()
        const failing = startObservation('get_weather', { input: { city: 'Paris' } }, { asType: 'tool' })
        failing.update({ level: 'ERROR', statusMessage: 'no such city' }).end()
        agent.update({ output: 'It is 18 degrees in Paris.' })
      },
      { asType: 'agent' },
    ),
  new LangfuseSpanProcessor({
    publicKey: 'runner',
    secretKey: SERVICE_TOKEN,
    baseUrl: address,
    shouldExportSpan: () => true,
  }),
)
