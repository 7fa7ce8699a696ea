import type { Family } from '../family.ts'
import { COPIED_IDS } from './copied.ts'

/**
 * LangSmith's OTel export. `langsmith.trace.session_id` is a project, not a chat; prompts and completions are
 * `gen_ai.prompt` and `gen_ai.completion`, from Python as bytes. A root names a parent that is never exported.
 */
export const langsmith: Family = {
  name: 'langsmith',
  verified: false,
  scopes: ['langsmith'],
  fields: {
    kind: [
      {
        key: 'langsmith.span.kind',
        map: {
          llm: 'llm',
          chain: 'chain',
          tool: 'tool',
          retriever: 'retriever',
          embedding: 'embedding',
          prompt: 'internal',
          parser: 'internal',
        },
      },
    ],
  },
  prefixes: { 'langsmith.metadata.': COPIED_IDS },
  json: {
    'gen_ai.usage.input_token_details': { cache_read: 'cachedInput', cache_creation: 'cacheWriteInput' },
    'gen_ai.usage.output_token_details': { reasoning: 'reasoningOutput' },
    'langsmith.usage_metadata': {
      input_tokens: 'inputTokens',
      output_tokens: 'outputTokens',
      total_tokens: 'totalTokens',
      'input_token_details.cache_read': 'cachedInput',
      'input_token_details.cache_creation': 'cacheWriteInput',
      'output_token_details.reasoning': 'reasoningOutput',
      total_cost: 'cost',
    },
  },
  content: ['gen_ai.serialized.doc'],
  // every run has its name there; the root's is the workflow's
  interpret(reading, { attributes, parentSpanId, traceId }) {
    const name = attributes.get('langsmith.trace.name')
    const isRoot = parentSpanId === '' || parentSpanId === traceId.slice(0, 16)
    if (isRoot && typeof name === 'string' && name !== '') reading.suggest('workflowName', name)
  },
}
