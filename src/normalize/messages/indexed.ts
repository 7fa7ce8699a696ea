import type { AttributeValue } from '../../model/attributes.ts'
import type { Message } from '../../model/message.ts'
import type { Found, Side } from '../family.ts'
import { isObject, type JsonObject, parseJson } from './json.ts'
import { messageOf } from './message.ts'
import { text } from './parts.ts'
import { plain } from './plain.ts'
import type { MessageSource } from './source.ts'

/** Segments of one key, and slots of one rebuilt value: `x.999999999.y` must not cost memory. */
const MAX_SEGMENTS = 16
const MAX_SLOTS = 10_000

/**
 * Rebuilds the list that was flattened to `prefix<i>.path`. Slots come in the order of their numbers,
 * without gaps, so that a hostile number costs one entry.
 */
function rebuild(source: MessageSource, prefix: string): unknown[] {
  const root: Node = new Map()
  let slots = 0
  for (const [key, value] of source.under(prefix)) {
    const segments = key.slice(prefix.length).split('.')
    if (segments.length > MAX_SEGMENTS || !/^\d{1,9}$/.test(segments[0] ?? '')) continue
    if (++slots > MAX_SLOTS) break
    put(root, segments, value)
  }
  const list = unflatten(root)
  return Array.isArray(list) ? list : []
}

type Node = Map<string, Node | { leaf: AttributeValue }>

function put(root: Node, segments: readonly string[], value: AttributeValue): void {
  let node = root
  for (const segment of segments.slice(0, -1)) {
    let next = node.get(segment)
    if (!(next instanceof Map)) {
      next = new Map()
      node.set(segment, next)
    }
    node = next
  }
  const last = segments.at(-1) as string
  // A branch says more than a leaf of the same name.
  if (!(node.get(last) instanceof Map)) node.set(last, { leaf: value })
}

function unflatten(node: Node): unknown {
  const keys = [...node.keys()]
  const child = (key: string) => {
    const found = node.get(key)
    return found instanceof Map ? unflatten(found) : plain(found?.leaf ?? null)
  }
  if (keys.length > 0 && keys.every((key) => /^\d{1,9}$/.test(key))) {
    return keys.sort((a, b) => Number(a) - Number(b)).map(child)
  }
  const object: JsonObject = Object.create(null)
  for (const key of keys) object[key] = child(key)
  return object
}

/** `llm.input_messages.<i>.message.…`, `gen_ai.prompt.<i>.…` and their kin as messages. */
export function indexedMessages(source: MessageSource, prefix: string, side: Side): Found | undefined {
  const messages: Message[] = []
  for (const item of rebuild(source, prefix)) {
    if (!isObject(item)) continue
    const inner = isObject(item.message) ? item.message : item
    const message = messageOf(unwrapped(inner, side === 'input' ? 'user' : 'assistant'))
    if (message !== null) messages.push(message)
  }
  return messages.length > 0 ? { messages } : undefined
}

/** OpenInference wraps every element: `tool_calls.<j>.tool_call`, `contents.<k>.message_content`. */
function unwrapped(message: JsonObject, role: string): JsonObject {
  const copy: JsonObject = { role, ...message }
  if (typeof message.function_call_name === 'string') {
    const { function_call_name: name, function_call_arguments_json: given } = message
    copy.function_call = { name, arguments: given }
  }
  if (Array.isArray(message.tool_calls))
    copy.tool_calls = message.tool_calls.map((item) => inside(item, 'tool_call'))
  if (Array.isArray(message.contents)) {
    copy.contents = message.contents.map(contentOf)
  }
  // OpenLLMetry writes lists of parts as a JSON string.
  if (typeof message.content === 'string' && /^\s*\[\s*\{\s*"/.test(message.content)) {
    const parsed = parseJson(message.content)
    if (Array.isArray(parsed) && parsed.every(isPart)) {
      copy.content = parsed
    }
  }
  return copy
}

/** Typed, or Bedrock's and Gemini's: an object of one member that says what it is. */
function isPart(part: unknown): boolean {
  if (!isObject(part)) return false
  if (typeof part.type === 'string') return true
  const [name, ...more] = Object.keys(part)
  return (
    more.length === 0 &&
    /^(text|image|document|toolUse|toolResult|function_?[cC]all|function_?[rR]esponse)$/.test(name ?? '')
  )
}

/** A call among the contents stands beside what is only its type. */
function contentOf(item: unknown): unknown {
  const content = inside(item, 'message_content')
  return isObject(item) && isObject(content) && isObject(item.tool_call)
    ? { ...content, ...item.tool_call }
    : content
}

function inside(item: unknown, member: string): unknown {
  return isObject(item) && isObject(item[member]) ? item[member] : item
}

/** Completions of old: `llm.prompts.<i>.prompt.text`, `llm.choices.<i>.completion.text`. */
export function indexedTexts(source: MessageSource, prefix: string, side: Side): Found | undefined {
  const messages: Message[] = []
  for (const item of rebuild(source, prefix)) {
    const inner = isObject(item) ? (item.prompt ?? item.completion ?? item) : item
    const content = isObject(inner) ? inner.text : inner
    if (typeof content !== 'string') continue
    messages.push({ role: side === 'input' ? 'user' : 'assistant', parts: [text(content)] })
  }
  return messages.length > 0 ? { messages } : undefined
}

/** `retrieval.documents.<i>.document.{id,content,score,metadata}` as a list of documents. */
export function indexedDocuments(source: MessageSource, prefix: string): Found | undefined {
  const documents = rebuild(source, prefix).map((item) => {
    const document = inside(item, 'document')
    return isObject(document) && 'metadata' in document
      ? { ...document, metadata: parseJson(document.metadata) }
      : document
  })
  return documents.length > 0 ? { messages: [], value: documents } : undefined
}

/** The texts that were embedded. */
export function indexedEmbeddings(source: MessageSource): Found | undefined {
  const texts = rebuild(source, 'embedding.embeddings.')
    .map((item) => inside(item, 'embedding'))
    .map((item) => (isObject(item) ? item.text : undefined))
    .filter((item) => typeof item === 'string')
  return texts.length > 0 ? { messages: [], value: texts } : undefined
}

/** Tool definitions out of `llm.tools.<i>.tool.json_schema` and `llm.request.functions.<i>.…`. */
export function indexedTools(source: MessageSource): unknown[] {
  const tools = rebuild(source, 'llm.tools.').map((item) => {
    const tool = inside(item, 'tool')
    return parseJson(isObject(tool) && 'json_schema' in tool ? tool.json_schema : tool)
  })
  const functions = rebuild(source, 'llm.request.functions.').map((item) =>
    isObject(item) && 'parameters' in item ? { ...item, parameters: parseJson(item.parameters) } : item,
  )
  return tools.length > 0 ? tools : functions
}
