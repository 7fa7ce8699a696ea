import type { AttributeValue } from '../../model/attributes.ts'
import type { Family } from '../family.ts'
import { asText } from '../fields.ts'
import { conversationFrom } from '../messages/found.ts'
import { parseJson } from '../messages/json.ts'
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
      prompt_tokens: 'inputTokens',
      completion_tokens: 'outputTokens',
      input_cached_tokens: 'cachedInput',
      cache_read_input_tokens: 'cachedInput',
      cache_creation_input_tokens: 'cacheWriteInput',
      output_reasoning_tokens: 'reasoningOutput',
    },
    'langfuse.observation.cost_details': { total: 'cost' },
  },
  content: [
    'langfuse.observation.input',
    'langfuse.observation.output',
    'langfuse.trace.input',
    'langfuse.trace.output',
  ],
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
