import type { Family } from '../family.ts'
import { conversationFrom } from '../messages/found.ts'

/** Firebase Genkit. */
export const genkit: Family = {
  name: 'genkit',
  verified: false,
  scopes: ['genkit-tracer'],
  fields: {
    kind: [
      {
        key: 'genkit:metadata:subtype',
        map: {
          model: 'llm',
          tool: 'tool',
          'tool.v2': 'tool',
          retriever: 'retriever',
          embedder: 'embedding',
          evaluator: 'internal',
          flow: 'workflow',
        },
      },
    ],
    title: ['genkit:name'],
  },
  json: {
    'genkit:output': {
      'usage.inputTokens': 'inputTokens',
      'usage.outputTokens': 'outputTokens',
      'usage.totalTokens': 'totalTokens',
    },
  },
  content: ['genkit:input', 'genkit:output'],
  messages: [
    {
      stage: 'explicit',
      read: (source, side) => {
        const value = source.json(`genkit:${side}`)
        return value === undefined ? undefined : conversationFrom(value, side)
      },
    },
  ],
}
