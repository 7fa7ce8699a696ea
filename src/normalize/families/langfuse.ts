import type { AttributeValue } from '../../model/attributes.ts'
import type { Family } from '../family.ts'
import { asText, sumOfAmounts } from '../fields.ts'
import { conversationFrom } from '../messages/found.ts'
import { isObject, parseJson } from '../messages/json.ts'
import { plain } from '../messages/plain.ts'
import { COPIED_IDS } from './copied.ts'

/** Langfuse's SDK. An error is its own level; OpenTelemetry's status stays unset. */
export const langfuse: Family = {
  name: 'langfuse',
  verified: true,
  scopes: ['langfuse-sdk'],
  fields: {
    kind: [
      {
        key: 'langfuse.observation.type',
        map: {
          generation: 'llm',
          embedding: 'embedding',
          agent: 'agent',
          tool: 'tool',
          chain: 'chain',
          retriever: 'retriever',
          guardrail: 'guardrail',
          evaluator: 'internal',
          event: 'internal',
        },
      },
    ],
    status: [{ key: 'langfuse.observation.level', map: { error: 'error' } }],
    workflowName: ['langfuse.trace.name'],
    threadId: ['langfuse.session.id'],
    userId: ['langfuse.user.id'],
    model: [{ key: 'langfuse.observation.model.name', read: unquoted }],
    errorMessage: ['langfuse.observation.status_message'],
  },
  prefixes: {
    'langfuse.observation.metadata.': COPIED_IDS,
    'langfuse.trace.metadata.': COPIED_IDS,
  },
  json: {
    'langfuse.observation.metadata': COPIED_IDS,
    'langfuse.trace.metadata': COPIED_IDS,
    'langfuse.observation.usage_details': {
      input: 'inputTokens',
      output: 'outputTokens',
      total: 'totalTokens',
      // the providers' own objects, passed on as they are
      input_tokens: 'inputTokens',
      output_tokens: 'outputTokens',
      total_tokens: 'totalTokens',
      prompt_tokens: 'inputTokens',
      completion_tokens: 'outputTokens',
      promptTokens: 'inputTokens',
      completionTokens: 'outputTokens',
      totalTokens: 'totalTokens',
      input_cached_tokens: 'cachedInput',
      input_cache_read: 'cachedInput',
      cache_read_input_tokens: 'cachedInput',
      'input_token_details.cache_read': 'cachedInput',
      'prompt_tokens_details.cached_tokens': 'cachedInput',
      input_cache_creation: 'cacheWriteInput',
      cache_creation_input_tokens: 'cacheWriteInput',
      'input_token_details.cache_creation': 'cacheWriteInput',
      output_reasoning_tokens: 'reasoningOutput',
      output_reasoning: 'reasoningOutput',
      'output_token_details.reasoning': 'reasoningOutput',
      'completion_tokens_details.reasoning_tokens': 'reasoningOutput',
    },
    'langfuse.observation.cost_details': { total: 'cost' },
  },
  content: [
    'langfuse.observation.input',
    'langfuse.observation.output',
    'langfuse.trace.input',
    'langfuse.trace.output',
  ],
  // users state the cost of each side, and seldom the total
  interpret(reading, span) {
    const details = span.attributes.get('langfuse.observation.cost_details')
    if (details === undefined || reading.text('cost') !== null) return
    const costs = parseJson(plain(details))
    if (isObject(costs)) reading.suggest('cost', sumOfAmounts(Object.values(costs)))
  },
  messages: [
    {
      stage: 'explicit',
      read: (source, side) => {
        const value = source.json(`langfuse.observation.${side}`) ?? source.json(`langfuse.trace.${side}`)
        return value === undefined ? undefined : conversationFrom(value, side)
      },
    },
  ],
}

/** The JavaScript SDK quotes some of its texts as JSON. */
function unquoted(value: AttributeValue): string | null {
  const text = asText(value)
  return text === null ? null : asText(parseJson(text) as AttributeValue)
}
