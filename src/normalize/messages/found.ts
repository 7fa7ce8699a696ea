import type { Message } from '../../model/message.ts'
import type { Found, Side } from '../family.ts'
import { conversationOf, withSystem } from './conversation.ts'
import { isLost, isObject, type JsonObject, parseJson } from './json.ts'
import { partsOf } from './parts.ts'

/** A value and the conversation that it is, if it is one. `instructions` lead an input. */
export function conversationFrom(value: unknown, side: Side, instructions?: unknown): Found {
  const messages = conversationOf(value, side)
  return {
    messages: instructions === undefined ? messages : withSystem(messages, instructions),
    ...(isEmpty(value) ? {} : { value }),
  }
}

/** An object some of whose members are JSON in a text, as LangChain gives a tool its `{"input": "{…}"}`: parsed. */
export function membersParsed(value: unknown): unknown {
  if (!isObject(value)) return value
  const copy: JsonObject = Object.create(null)
  for (const [key, member] of Object.entries(value)) {
    const parsed = parseJson(member)
    copy[key] = typeof parsed === 'object' ? parsed : member
  }
  return copy
}

/** A text that is itself the whole message of one role; anything else is read as a conversation. */
export function spokenBy(role: string, value: unknown, side: Side): Found {
  const found = conversationFrom(value, side)
  if (found.messages.length > 0 || typeof value !== 'string' || value === '') return found
  const message: Message = { role, parts: partsOf(value) }
  return { messages: [message], value }
}

/** A tool's arguments or result, a query, documents: a value that is no conversation. */
export function toolOutcome(value: unknown): Found | undefined {
  return value === undefined || isEmpty(value) ? undefined : { messages: [], value }
}

function isEmpty(value: unknown): boolean {
  return (
    value === '' ||
    (typeof value === 'string' && isLost(value)) ||
    (Array.isArray(value) && value.length === 0) ||
    (isObject(value) && noKeys(value))
  )
}

function noKeys(value: object): boolean {
  for (const _ in value) return false
  return true
}
