import type { AttributeValue } from '../../model/attributes.ts'
import type { Message, MessagePart } from '../../model/message.ts'
import type { OtlpSpan } from '../../model/otlp.ts'
import type { Family, Found, Side } from '../family.ts'
import { conversationFrom } from '../messages/found.ts'
import { isObject, parseJson } from '../messages/json.ts'
import { partsOf, text, toolCall } from '../messages/parts.ts'
import type { MessageSource } from '../messages/source.ts'
import type { Reading } from '../reading.ts'
import { COPIED_IDS } from './copied.ts'

const WRAPPER = {
  'ai.generatetext': 'agent',
  'ai.streamtext': 'agent',
  'ai.generateobject': 'agent',
  'ai.streamobject': 'agent',
}
const CALL = {
  'ai.generatetext.dogenerate': 'llm',
  'ai.streamtext.dostream': 'llm',
  'ai.generateobject.dogenerate': 'llm',
  'ai.streamobject.dostream': 'llm',
}
const EMBED_WRAPPER = { 'ai.embed': 'embedding', 'ai.embedmany': 'embedding', 'ai.rerank': 'reranker' }
const EMBED_CALL = {
  'ai.embed.doembed': 'embedding',
  'ai.embedmany.doembed': 'embedding',
  'ai.rerank.dorerank': 'reranker',
}

/** Vercel AI SDK: the legacy `ai.*` shape (v3–v6) and the extras that v7 adds to OpenTelemetry GenAI. */
export const vercelAi: Family = {
  name: 'vercel-ai',
  verified: true,
  fields: {
    kind: [
      {
        key: 'ai.operationId',
        map: { ...WRAPPER, ...CALL, ...EMBED_WRAPPER, ...EMBED_CALL, 'ai.toolcall': 'tool' },
      },
    ],
    aggregated: [{ key: 'ai.operationId', map: { ...WRAPPER, ...EMBED_WRAPPER } }],
    model: ['ai.response.model'],
    requestedModel: ['ai.model.id'],
    provider: ['ai.model.provider'],
    responseId: ['ai.response.id'],
    finishReason: ['ai.response.finishReason', 'ai.finishReason'],
    inputTokens: ['ai.usage.inputTokens', 'ai.usage.promptTokens', 'ai.usage.tokens'],
    outputTokens: ['ai.usage.outputTokens', 'ai.usage.completionTokens'],
    totalTokens: ['ai.usage.totalTokens'],
    cachedInput: ['ai.usage.inputTokenDetails.cacheReadTokens', 'ai.usage.cachedInputTokens'],
    cacheWriteInput: ['ai.usage.inputTokenDetails.cacheWriteTokens'],
    reasoningOutput: ['ai.usage.outputTokenDetails.reasoningTokens', 'ai.usage.reasoningTokens'],
    title: ['ai.toolCall.name'],
  },
  prefixes: {
    'ai.telemetry.metadata.': COPIED_IDS,
    'ai.settings.context.': COPIED_IDS,
  },
  json: {
    'ai.response.providerMetadata': {
      'openai.cachedPromptTokens': 'cachedInput',
      'openai.reasoningTokens': 'reasoningOutput',
      'anthropic.cacheReadInputTokens': 'cachedInput',
      'anthropic.cacheCreationInputTokens': 'cacheWriteInput',
      'anthropic.usage.cache_read_input_tokens': 'cachedInput',
      'anthropic.usage.cache_creation_input_tokens': 'cacheWriteInput',
      'bedrock.usage.cacheReadInputTokens': 'cachedInput',
      'bedrock.usage.cacheWriteInputTokens': 'cacheWriteInput',
    },
  },
  content: [
    'ai.prompt',
    'ai.prompt.*',
    'ai.schema',
    'ai.response.text',
    'ai.response.reasoning',
    'ai.response.object',
    'ai.response.toolCalls',
    'ai.response.files',
    'ai.result.*',
    'ai.toolCall.args',
    'ai.toolCall.result',
    'ai.value',
    'ai.values',
    'ai.embedding',
    'ai.embeddings',
    'ai.documents',
    'ai.ranking',
  ],
  structure: ['ai.prompt.toolChoice', 'ai.response.providerMetadata'],
  messages: [
    { stage: 'structured', read: (source, side) => (side === 'input' ? prompt(source) : response(source)) },
    { stage: 'structured', read: (source, side) => value(source, side) },
  ],
  interpret: withItsCache,
  title: functionTitle,
}

/**
 * Anthropic counts input without its cache, and so did the SDK up to v5: the count is the provider's own, or (v4)
 * the cache is told in the metadata alone. Since v6 input holds it.
 */
function withItsCache(reading: Reading, { attributes }: OtlpSpan): void {
  const given = attributes.get('ai.response.providerMetadata')
  const input = reading.count('inputTokens')
  if (typeof given !== 'string' || input === null || !given.includes('"anthropic"')) return
  const metadata = parseJson(given)
  const anthropic = isObject(metadata) && isObject(metadata.anthropic) ? metadata.anthropic : {}
  const usage = isObject(anthropic.usage) ? anthropic.usage : null
  const isOwn = usage === null ? attributes.has('ai.usage.promptTokens') : usage.input_tokens === input
  if (isOwn) reading.set('exclusiveInput', true)
}

/** The wrapper of a call is named by the function that the user gave it. */
function functionTitle(get: (key: string) => AttributeValue | undefined): string | null {
  const operation = get('ai.operationId')
  const name = get('ai.telemetry.functionId')
  if (typeof operation !== 'string' || typeof name !== 'string' || name === '') return null
  return operation.toLowerCase() in WRAPPER ? name : null
}

function prompt(source: MessageSource): Found | undefined {
  const messages = source.json('ai.prompt.messages')
  if (messages !== undefined) return conversationFrom(messages, 'input')
  const whole = source.json('ai.prompt')
  return whole === undefined ? undefined : conversationFrom(whole, 'input')
}

/** The parts of the answer are attributes of their own: reasoning, text, tool calls, object. */
function response(source: MessageSource): Found | undefined {
  const parts: MessagePart[] = []
  const reasoning = source.text('ai.response.reasoning')
  const answer = source.text('ai.response.text') ?? source.text('ai.result.text')
  const object = source.json('ai.response.object') ?? source.json('ai.result.object')
  const files = source.json('ai.response.files')
  const calls = source.json('ai.response.toolCalls') ?? source.json('ai.result.toolCalls')
  if (reasoning) parts.push({ type: 'reasoning', content: reasoning })
  if (answer) parts.push(text(answer))
  if (object !== undefined) parts.push({ type: 'json', content: object })
  if (Array.isArray(files)) parts.push(...partsOf(files.map(parseJson)))
  if (Array.isArray(calls)) for (const call of calls) parts.push(toolCall(call))
  if (parts.length === 0) return undefined
  const message: Message = { role: 'assistant', parts }
  const reason = source.text('ai.response.finishReason') ?? source.text('ai.finishReason')
  if (reason) message.finish_reason = reason
  return { messages: [message], value: object ?? (answer || (calls ?? files)) }
}

/** Tool arguments and results, embedded values and vectors. */
function value(source: MessageSource, side: Side): Found | undefined {
  const keys =
    side === 'input'
      ? ['ai.toolCall.args', 'ai.value', 'ai.values', 'ai.documents']
      : ['ai.toolCall.result', 'ai.embedding', 'ai.embeddings', 'ai.ranking']
  for (const key of keys) {
    const found = source.json(key)
    // Lists hold one JSON text per element.
    if (Array.isArray(found)) return { messages: [], value: found.map(parseJson) }
    if (found !== undefined) return { messages: [], value: found }
  }
  return undefined
}
