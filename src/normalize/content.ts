import type { Content, Message, MessagePart } from '../model/message.ts'
import type { SpanEvent } from '../model/otlp.ts'
import type { Span } from '../model/span.ts'
import { families } from './families/index.ts'
import { type MessageReader, type Side, STAGES } from './family.ts'
import { finishReasonName } from './finish-reason.ts'
import { toolsOfRecords } from './messages/events.ts'
import { indexedTools } from './messages/indexed.ts'
import { describeInline } from './messages/inline-media.ts'
import { isObject, parseJson } from './messages/json.ts'
import { withoutMedia } from './messages/media.ts'
import { type ContentLog, MessageSource } from './messages/source.ts'
import { table } from './table.ts'

export type { ContentLog } from './messages/source.ts'

/** All readers of all families: by stage, then in the order of the list. */
const READERS: readonly MessageReader[] = families
  .flatMap(({ messages }) => messages ?? [])
  .sort((a, b) => STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage))

/** What went into and came out of a span, and the tools that a model was offered. */
export interface SpanContent {
  input: Content
  output: Content
  /** Tool definitions as sent, JSON parsed. */
  tools: unknown[]
}

/**
 * Derives the messages of one span from its stored values, when it is read. Per side the first convention
 * that holds a conversation gives the messages, and the first that holds anything gives the raw value. Media
 * are described, never carried. Pure and total; at the most a few milliseconds for a megabyte.
 */
export function readContent(
  span: Pick<Span, 'attributes' | 'content' | 'events' | 'logs'>,
  logs: readonly ContentLog[] = span.logs ?? [],
): SpanContent {
  const source = new MessageSource(span.attributes, span.content, span.events, logs)
  const input = sideOf(source, 'input')
  return { input, output: sideOf(source, 'output'), tools: toolsOf(source, input.value) }
}

function sideOf(source: MessageSource, side: Side): Content {
  let messages: Message[] = []
  let value: unknown
  for (const { read } of READERS) {
    if (value !== undefined && messages.some(isSpoken)) break
    const found = read(source, side)
    if (found === undefined) continue
    // messages without parts tell no more than that something was said: another convention may have it
    if (messages.length === 0 || (!messages.some(isSpoken) && found.messages.some(isSpoken)))
      messages = found.messages
    if (value === undefined) value = found.value
  }
  const spoken = side === 'output' ? messages.map(byAssistant) : messages
  return { messages: spoken.map(withoutBytes), value: value === undefined ? null : withoutMedia(value) }
}

const isSpoken = ({ parts }: Message): boolean => parts.length > 0

/** LangChain's chunks have no role, which its instrumentations write as `unknown`. */
function byAssistant(message: Message): Message {
  return message.role === 'unknown' ? { ...message, role: 'assistant' } : message
}

/** Bytes may hide in texts, arguments and results, too. */
function withoutBytes(message: Message): Message {
  const parts = message.parts.map((part): MessagePart => {
    switch (part.type) {
      case 'text':
      case 'reasoning':
        return { ...part, content: describeInline(part.content) }
      case 'tool_call':
        return { ...part, arguments: withoutMedia(part.arguments) }
      case 'tool_result':
        return { ...part, result: withoutMedia(part.result) }
      case 'json':
        return { ...part, content: withoutMedia(part.content) }
      default:
        return part
    }
  })
  const { finish_reason: reason } = message
  return { ...message, parts, ...(reason === undefined ? {} : { finish_reason: finishReasonName(reason) }) }
}

/** Where tool definitions are found, the most exact first. */
const TOOL_KEYS = ['gen_ai.tool.definitions', 'ai.prompt.tools', 'mlflow.chat.tools']

function toolsOf(source: MessageSource, input: unknown): unknown[] {
  for (const key of TOOL_KEYS) {
    const found = source.json(key)
    if (Array.isArray(found) && found.length > 0) return found.map((tool) => withoutMedia(parseJson(tool)))
  }
  const told = toolsOfRecords(source)
  if (told.length > 0) return told.map((tool) => withoutMedia(tool))
  const indexed = indexedTools(source)
  if (indexed.length > 0) return indexed.map((tool) => withoutMedia(tool))
  for (const holder of [
    input,
    source.json('llm.invocation_parameters'),
    source.json('model_request_parameters'),
  ]) {
    if (!isObject(holder)) continue
    const config = isObject(holder.config) ? holder.config : {}
    const found = holder.tools ?? holder.function_tools ?? config.tools
    if (Array.isArray(found)) return found.map((tool) => withoutMedia(tool))
  }
  return []
}

const CONTENT_EVENT =
  /^(gen_ai\.(system|user|assistant|tool)\.message|gen_ai\.choice|gen_ai\.content\.|gen_ai\.client\.inference\.operation\.details|llm\.content\.|db\.query\.(result|embeddings)|prompt$|response$|message$|mlflow\.chunk\.)/

/**
 * True for a span event whose attributes are content: messages, previews and found documents by its name, or
 * because one of its texts has a content key.
 */
export function isContentEvent({ name, attributes }: Pick<SpanEvent, 'name' | 'attributes'>): boolean {
  if (CONTENT_EVENT.test(name)) return true
  for (const [key, value] of attributes) {
    const isCount = typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean'
    if (!isCount && table.verdict(key).holds === 'content') return true
  }
  return false
}
