import { generateText, jsonSchema, stepCountIs, tool } from 'ai'
import { MockLanguageModelV2 } from 'ai/test'
import { emit } from './provider.ts'

// the SDK of this version says what was cached only here
const providerMetadata = { openai: { cachedPromptTokens: 32 } }
const usage = { inputTokens: 57, outputTokens: 17, totalTokens: 74, cachedInputTokens: 32 }
let calls = 0
const model = new MockLanguageModelV2({
  provider: 'openai.chat',
  modelId: 'gpt-4o-mini',
  doGenerate: async () =>
    calls++ === 0
      ? {
          providerMetadata,
          finishReason: 'tool-calls',
          usage,
          warnings: [],
          content: [
            { type: 'tool-call', toolCallId: 'call_1', toolName: 'get_weather', input: '{"city":"Paris"}' },
          ],
        }
      : {
          providerMetadata,
          finishReason: 'stop',
          usage,
          warnings: [],
          content: [{ type: 'text', text: 'It is 18 degrees in Paris.' }],
        },
})

await emit(() =>
  generateText({
    model,
    system: 'You are terse.',
    prompt: 'What is the weather in Paris?',
    stopWhen: stepCountIs(3),
    tools: {
      get_weather: tool({
        description: 'The weather in a city',
        inputSchema: jsonSchema<{ city: string }>({
          type: 'object',
          properties: { city: { type: 'string' } },
        }),
        execute: async () => ({ degrees: 18 }),
      }),
    },
    experimental_telemetry: { isEnabled: true, functionId: 'weather-agent' },
  }),
)
