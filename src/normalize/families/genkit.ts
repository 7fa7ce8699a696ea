import type { Family } from '../family.ts'
import { conversationFrom } from '../messages/found.ts'

/** Actions that are named after the model they call. */
const MODELS = new Set<unknown>(['model', 'background-model', 'embedder'])

/** Firebase Genkit. */
export const genkit: Family = {
  name: 'genkit',
  verified: true,
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
          reranker: 'reranker',
          agent: 'agent',
          'background-model': 'llm',
          embedder: 'embedding',
          evaluator: 'internal',
          flow: 'workflow',
        },
      },
      { key: 'genkit:type', map: { flowstep: 'node' } },
    ],
    // The loop around a model and a flow's step may answer with a model's whole answer.
    aggregated: [{ key: 'genkit:type', map: { util: 'loop', flowstep: 'step' } }],
    threadId: ['genkit:metadata:agent:sessionId'],
    title: ['genkit:name'],
  },
  json: {
    'genkit:output': {
      'usage.inputTokens': 'inputTokens',
      'usage.outputTokens': 'outputTokens',
      'usage.totalTokens': 'totalTokens',
      'usage.cachedContentTokens': 'cachedInput',
      'usage.thoughtsTokens': 'reasoningOutput',
      finishReason: 'finishReason',
      // what the provider answered: of OpenAI's form
      'raw.id': 'responseId',
      'raw.model': 'model',
      'raw.usage.prompt_tokens_details.cached_tokens': 'cachedInput',
      'raw.usage.completion_tokens_details.reasoning_tokens': 'reasoningOutput',
    },
  },
  // a model is named `provider/model`
  interpret(reading, { attributes }) {
    const name = attributes.get('genkit:name')
    if (typeof name !== 'string') return
    if (attributes.get('genkit:type') === 'flowStep') {
      reading.suggest('nodeId', name)
      reading.suggest('nodeName', name)
    }
    if (!MODELS.has(attributes.get('genkit:metadata:subtype'))) return
    const slash = name.indexOf('/')
    reading.suggest('requestedModel', name.slice(slash + 1))
    if (slash > 0) reading.suggest('provider', name.slice(0, slash))
  },
  content: [
    'genkit:input',
    'genkit:output',
    // what a tool asks, what it was answered, and who is signed in
    'genkit:metadata:interrupt',
    'genkit:metadata:resumed',
    'genkit:metadata:context',
  ],
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
