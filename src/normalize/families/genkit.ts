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
  // a model is named `provider/model`
  interpret(reading, span) {
    const name = span.attributes.get('genkit:name')
    if (typeof name !== 'string' || span.attributes.get('genkit:metadata:subtype') !== 'model') return
    const slash = name.indexOf('/')
    reading.suggest('model', name.slice(slash + 1))
    if (slash > 0) reading.suggest('provider', name.slice(0, slash))
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
