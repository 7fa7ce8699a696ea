import type { Attributes, AttributeValue } from '../../model/attributes.ts'
import type { Message } from '../../model/message.ts'
import type { Found, Side } from '../family.ts'
import { conversationOf, withSystem } from './conversation.ts'
import { isObject, type JsonObject, parseJson } from './json.ts'
import { messageOf } from './message.ts'
import { resultOf } from './parts.ts'
import { plain } from './plain.ts'
import type { ContentLog, MessageSource } from './source.ts'

const ROLE_OF_EVENT: Readonly<Record<string, string>> = {
  'gen_ai.system.message': 'system',
  'gen_ai.user.message': 'user',
  'gen_ai.assistant.message': 'assistant',
  'gen_ai.tool.message': 'tool',
}

/** Events and log records `gen_ai.{system,user,assistant,tool}.message` (input) and `gen_ai.choice` (output). */
export function eventMessages(source: MessageSource, side: Side): Found | undefined {
  if (source.text('gen_ai.operation.name') === 'execute_tool') return toolEvents(source, side)
  const messages = recordMessages(source.records, side)
  return messages.length > 0 ? { messages } : undefined
}

/** Of a tool's own span the message is what it was called with, and the choice what it answered: Strands. */
function toolEvents(source: MessageSource, side: Side): Found | undefined {
  const name = side === 'input' ? 'gen_ai.tool.message' : 'gen_ai.choice'
  const record = source.records.find((record) => record.name === name)
  if (record === undefined) return undefined
  const { content, message } = bodyOf(record)
  const value = resultOf(side === 'input' ? content : message)
  return value === null ? undefined : { messages: [], value }
}

/** The messages of records whose body, or attributes, hold `{content, role?, tool_calls?, id?}`. */
export function recordMessages(records: readonly ContentLog[], side: Side): Message[] {
  const messages: Message[] = []
  for (const record of records) {
    const role = Object.hasOwn(ROLE_OF_EVENT, record.name) ? ROLE_OF_EVENT[record.name] : undefined
    const body = bodyOf(record)
    let message: Message | null = null
    if (side === 'input' && role !== undefined)
      message = messageOf({ content: null, ...body, role: body.role ?? role })
    if (side === 'output' && record.name === 'gen_ai.choice') {
      const inner = isObject(parseJson(body.message)) ? (parseJson(body.message) as JsonObject) : body
      const reason = typeof body.finish_reason === 'string' ? { finish_reason: body.finish_reason } : {}
      // Some emitters give the message itself as text, or as its parts.
      const given = parseJson(body.message)
      const isContent = typeof given === 'string' || Array.isArray(given)
      const said = isContent && inner === body ? { content: given } : {}
      message = messageOf({ role: 'assistant', content: null, ...inner, ...said, ...reason })
    }
    if (message !== null) messages.push(message)
  }
  return messages
}

/** The body of a log record; of a span event the JSON in `gen_ai.event.content`, else its attributes. */
function bodyOf({ attributes, body }: ContentLog): JsonObject {
  const parsed = parseJson(plain(body))
  if (isObject(parsed)) return parsed
  const whole = attributes.get('gen_ai.event.content') ?? attributes.get('event_body')
  const content = whole === undefined ? undefined : parseJson(plain(whole))
  if (isObject(content)) return content
  const flat: JsonObject = Object.create(null)
  for (const [key, value] of attributes) flat[key] = member(key, value)
  if (content !== undefined) flat.content = content
  if (typeof parsed === 'string' && parsed !== '') flat.content = parsed
  return flat
}

function member(key: string, value: AttributeValue): unknown {
  const plainly = plain(value)
  const parsed = parseJson(plainly)
  // a text stays the text that it is; a list of parts is one
  if (key === 'content')
    return Array.isArray(parsed) && parsed.length > 0 && parsed.every(isObject) ? parsed : plainly
  return parsed
}

/** Event or log record `gen_ai.client.inference.operation.details`: the 1.37+ attributes on a record. */
export function operationDetails(source: MessageSource, side: Side): Found | undefined {
  let found: Found | undefined
  for (const { name, attributes } of source.records) {
    if (name !== 'gen_ai.client.inference.operation.details') continue
    const value = parsedAttribute(attributes, `gen_ai.${side}.messages`)
    if (value === undefined) continue
    const instructions =
      side === 'input'
        ? (parsedAttribute(attributes, 'gen_ai.system_instructions') ??
          source.json('gen_ai.system_instructions'))
        : undefined
    const messages = conversationOf(value, side)
    found = { messages: instructions === undefined ? messages : withSystem(messages, instructions), value }
  }
  return found
}

/** Tool definitions that came with the operation's details. */
export function toolsOfRecords(source: MessageSource): unknown[] {
  for (const { name, attributes } of source.records) {
    if (name !== 'gen_ai.client.inference.operation.details') continue
    const tools = parsedAttribute(attributes, 'gen_ai.tool.definitions')
    if (Array.isArray(tools) && tools.length > 0) return tools.map(parseJson)
  }
  return []
}

/** 1.27's events `gen_ai.content.prompt` and `gen_ai.content.completion`. */
export function promptEvents(source: MessageSource, side: Side): Found | undefined {
  const kind = side === 'input' ? 'prompt' : 'completion'
  const values: unknown[] = []
  for (const { name, attributes } of source.records) {
    if (name !== `gen_ai.content.${kind}`) continue
    const value = parsedAttribute(attributes, `gen_ai.${kind}`)
    if (value !== undefined) values.push(value)
  }
  if (values.length === 0) return undefined
  const messages = values.flatMap((value) => {
    const conversation = conversationOf(value, side)
    if (conversation.length > 0 || typeof value !== 'string') return conversation
    const role = side === 'input' ? 'user' : 'assistant'
    return messageOf({ role, content: value }) ?? []
  })
  return { messages, value: values.length === 1 ? values[0] : values }
}

function parsedAttribute(attributes: Attributes, key: string): unknown {
  const value = attributes.get(key)
  return value === undefined || value === null ? undefined : parseJson(plain(value))
}
