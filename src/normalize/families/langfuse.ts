import type { Message } from '../../model/message.ts'
import type { Family } from '../family.ts'
import { sumOfAmounts } from '../fields.ts'
import { conversationFrom, spokenBy } from '../messages/found.ts'
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
    model: ['langfuse.observation.model.name'],
    errorMessage: ['langfuse.observation.status_message'],
  },
  prefixes: {
    'langfuse.observation.metadata.': COPIED_IDS,
    'langfuse.trace.metadata.': COPIED_IDS,
  },
  // metadata by the SDK for Python (the one for JavaScript leaves texts alone), models by exporters of old
  quoted: ['langfuse.observation.metadata.', 'langfuse.trace.metadata.', 'langfuse.observation.model.name'],
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
        if (value === undefined) return undefined
        if (source.text('langfuse.observation.type') !== 'generation') return conversationFrom(value, side)
        const found = spokenBy(side === 'input' ? 'user' : 'assistant', value, side)
        return { ...found, messages: found.messages.filter((message) => !isToolOffered(message)) }
      },
    },
  ],
}

/** LangChain's handler lists the tools that a model is offered behind its messages, as what a tool said. */
function isToolOffered({ role, parts: [part, ...more] }: Message): boolean {
  if (role !== 'tool' || part?.type !== 'tool_result' || part.id !== null || more.length > 0) return false
  return isObject(part.result) && part.result.type === 'function' && isObject(part.result.function)
}
