import type { SpanEvent } from '../../model/otlp.ts'
import type { Family } from '../family.ts'
import type { Field } from '../fields.ts'
import type { Reading } from '../reading.ts'
import { statusThrown } from '../status.ts'
import { COPIED_IDS } from './copied.ts'

const USAGE: Readonly<Record<string, Field>> = {
  input_tokens: 'inputTokens',
  output_tokens: 'outputTokens',
  total_tokens: 'totalTokens',
  'input_token_details.cache_read': 'cachedInput',
  'input_token_details.cache_creation': 'cacheWriteInput',
  'output_token_details.reasoning': 'reasoningOutput',
  total_cost: 'cost',
}

/**
 * LangSmith's OTel export. `langsmith.trace.session_id` is a project, not a chat; prompts and completions are
 * `gen_ai.prompt` and `gen_ai.completion`, from Python as bytes. A root names a parent that is never exported.
 */
export const langsmith: Family = {
  name: 'langsmith',
  verified: true,
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
    // Python's exporter writes these two with `str`, and the metadata in JSON
    'gen_ai.usage.input_token_details': { cache_read: 'cachedInput', cache_creation: 'cacheWriteInput' },
    'gen_ai.usage.output_token_details': { reasoning: 'reasoningOutput' },
    'langsmith.usage_metadata': USAGE,
    'langsmith.metadata.usage_metadata': USAGE,
  },
  content: ['gen_ai.serialized.doc'],
  interpret(reading, { attributes, parentSpanId, traceId, events }) {
    failedBy(reading, events)
    // every run has its name there; the root's is the workflow's
    const name = attributes.get('langsmith.trace.name')
    const isRoot = parentSpanId === '' || parentSpanId === traceId.slice(0, 16)
    if (isRoot && typeof name === 'string' && name !== '') reading.suggest('workflowName', name)
  },
}

const THROWN = /^([A-Za-z_][\w.]{0,120}(?=\()|[A-Za-z_]\w{0,60}(?:Error|Exception|Interrupt)(?=:))/

/**
 * A run that failed has an exception, whose type is always `Exception` or `Error`, and whose message is the true one:
 * Python's `repr`, or JavaScript's name and message. The status may be the OK of the run's start, which OpenTelemetry lets nobody take back.
 */
function failedBy(reading: Reading, events: readonly SpanEvent[]): void {
  const message = events.findLast(({ name }) => name === 'exception')?.attributes.get('exception.message')
  if (typeof message !== 'string') return
  const type = THROWN.exec(message)?.[1]
  reading.set('status', type === undefined ? 'error' : statusThrown(type))
  if (type !== undefined) reading.set('errorType', type)
}
