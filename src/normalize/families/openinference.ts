import type { AttributeValue } from '../../model/attributes.ts'
import type { Family, Found, Side } from '../family.ts'
import { sumOfAmounts } from '../fields.ts'
import { conversationFrom, membersParsed } from '../messages/found.ts'
import { indexedDocuments, indexedEmbeddings, indexedMessages, indexedTexts } from '../messages/indexed.ts'
import type { MessageSource } from '../messages/source.ts'
import { COPIED_IDS } from './copied.ts'

/** OpenInference (Arize). LangGraph's node identity hides in `metadata` (langgraph.ts). */
export const openinference: Family = {
  name: 'openinference',
  verified: true,
  fields: {
    kind: [
      {
        key: 'openinference.span.kind',
        map: {
          llm: 'llm',
          embedding: 'embedding',
          chain: 'chain',
          retriever: 'retriever',
          reranker: 'reranker',
          tool: 'tool',
          agent: 'agent',
          guardrail: 'guardrail',
          evaluator: 'internal',
          prompt: 'internal',
        },
      },
    ],
    kindHint: [{ key: 'retrieval.documents.0.document.content', is: 'retriever' }],
    threadId: ['session.id'],
    userId: ['user.id', 'enduser.id'],
    nodeId: ['graph.node.id'],
    nodeName: ['graph.node.name'],
    model: ['llm.response.model_name', 'embedding.model_name', 'llm.model_name', 'reranker.model_name'],
    requestedModel: ['llm.request.model_name'],
    provider: ['llm.provider', 'llm.system'],
    finishReason: ['llm.finish_reason'],
    responseId: [{ key: 'output.value', read: responseId }],
    inputTokens: ['llm.token_count.prompt'],
    outputTokens: ['llm.token_count.completion'],
    totalTokens: ['llm.token_count.total'],
    cachedInput: ['llm.token_count.prompt_details.cache_read'],
    cacheWriteInput: ['llm.token_count.prompt_details.cache_write'],
    reasoningOutput: ['llm.token_count.completion_details.reasoning'],
    cost: ['llm.cost.total'],
    title: ['tool.name'],
  },
  json: { metadata: COPIED_IDS },
  content: [
    'input.value',
    'output.value',
    'llm.input_messages.*',
    'llm.output_messages.*',
    'llm.prompts',
    'llm.prompts.*',
    'llm.choices.*',
    'llm.prompt_template.*',
    'llm.tools.*',
    // holds tools and, of OpenAI's agents, their instructions
    'llm.invocation_parameters',
    'llm.function_call',
    'retrieval.documents.*',
    'reranker.query',
    'reranker.input_documents.*',
    'reranker.output_documents.*',
    'embedding.embeddings.*',
    'embedding.text',
    'embedding.vector',
    'tool.parameters',
    'tool.json_schema',
  ],
  structure: ['llm.prompt_template.version'],
  interpret(reading, { attributes, name }) {
    // LlamaIndex' step before a call, which its instrumentor takes for one
    if (name.endsWith('._prepare_chat_with_tools')) reading.set('kind', 'internal')
    const prompt = attributes.get('llm.cost.prompt')
    if (prompt === undefined || reading.text('cost') !== null) return
    reading.suggest('cost', sumOfAmounts([prompt, attributes.get('llm.cost.completion')]))
  },
  messages: [
    { stage: 'indexed', read: modelMessages },
    {
      stage: 'indexed',
      read: (source, side) => indexedTexts(source, side === 'input' ? 'llm.prompts.' : 'llm.choices.', side),
    },
    {
      stage: 'value',
      read: (source, side) => {
        const value = membersParsed(source.json(`${side}.value`))
        return value === undefined ? undefined : conversationFrom(value, side)
      },
    },
    {
      stage: 'preview',
      read: (source, side) => {
        if (side === 'output')
          return (
            indexedDocuments(source, 'retrieval.documents.') ??
            indexedDocuments(source, 'reranker.output_documents.')
          )
        return (
          indexedEmbeddings(source) ??
          rerankedFrom(source) ??
          (source.json('tool.parameters') === undefined
            ? undefined
            : { messages: [], value: source.json('tool.parameters') })
        )
      },
    },
  ],
}

/** A call's messages. Of a chain's the instrumentor of LangChain lists the first alone, and the value has all. */
function modelMessages(source: MessageSource, side: Side): Found | undefined {
  const found = indexedMessages(source, `llm.${side}_messages.`, side)
  if (found === undefined || source.text('openinference.span.kind') === 'LLM') return found
  const { messages } = conversationFrom(source.json(`${side}.value`), side)
  return messages.length > found.messages.length ? { messages } : found
}

/** What was ranked, and for which question. */
function rerankedFrom(source: MessageSource): Found | undefined {
  const documents = indexedDocuments(source, 'reranker.input_documents.')
  const query = source.text('reranker.query')
  if (documents === undefined) return query === undefined ? undefined : { messages: [], value: query }
  return query === undefined ? documents : { messages: [], value: { query, documents: documents.value } }
}

/**
 * The provider's id of the answer, which only the raw value has: it tells two instrumentations of one call from two
 * calls. Its place is the beginning, or, of a streamed answer, near the end; the value is not parsed for it.
 */
function responseId(value: AttributeValue): string | null {
  if (typeof value !== 'string') return null
  const start = value.slice(0, 200)
  const late = start.includes('"choices"') ? value.slice(-2000) : ''
  return (ID_FIRST.exec(start) ?? ID_LATE.exec(late))?.[1] ?? null
}

const ID_FIRST = /^\s*\{\s*"id"\s*:\s*"((?:chatcmpl|resp|msg|gen|cmpl)[-_][\w-]{1,120})"/
/** Behind the choices; without `msg_`, which items inside of an answer bear. */
const ID_LATE = /\]\s*,\s*"id"\s*:\s*"((?:chatcmpl|gen|cmpl)-[\w-]{1,120})"/
