import type { Message } from '../../model/message.ts'
import type { Side } from '../family.ts'
import { firstString, firstValue, isObject, type JsonObject, parseJson } from './json.ts'
import { isMessage, messageOf, roleOf } from './message.ts'
import { partOf, partsOf, text } from './parts.ts'

/** Levels of wrapping (`{messages: [[…]]}`, `{output: {message: …}}`) that are looked into. */
const MAX_WRAPPING = 4

/**
 * The conversation inside a request or response of any known library; empty when the value is none. Never
 * guesses: text and objects of unknown shape are no conversation.
 */
export function conversationOf(value: unknown, side: Side, level = 0): Message[] {
  const parsed = parseJson(value)
  if (level > MAX_WRAPPING) return []
  if (Array.isArray(parsed)) return listOf(parsed, side, level)
  if (!isObject(parsed)) return []
  if (isMessage(parsed)) return one(parsed)
  const system = systemOf(parsed)
  const found = side === 'input' ? requestOf(parsed, level) : responseOf(parsed, level)
  return system === null ? found : withSystem(found, system)
}

/** Puts instructions first, unless a system message leads already. */
export function withSystem(messages: readonly Message[], instructions: unknown): Message[] {
  const parts = partsOf(parseJson(instructions))
  if (parts.length === 0 || messages[0]?.role === 'system') return [...messages]
  return [{ role: 'system', parts }, ...messages]
}

function listOf(list: readonly unknown[], side: Side, level: number): Message[] {
  if (list.length === 0) return []
  // LangChain batches: one conversation per inner list. LangGraph tuples: ['user', 'Hello'].
  if (list.every(Array.isArray)) {
    const tuples = list.map(tupleOf)
    if (tuples.every((message) => message !== null)) return tuples
    return list.flatMap((inner) => conversationOf(inner, side, level + 1))
  }
  if (list.some((item) => isMessage(item) || isItem(item))) return itemsOf(list)
  return []
}

function tupleOf(value: unknown): Message | null {
  if (!Array.isArray(value) || value.length !== 2) return null
  const [role, content] = value
  if (typeof role !== 'string' || !/^(system|user|human|assistant|ai|tool|developer)$/.test(role)) return null
  return { role: roleOf(role), parts: partsOf(content) }
}

/** OpenAI's Responses API mixes messages with items that belong to the assistant or the tool. */
function isItem(value: unknown): value is JsonObject {
  return (
    isObject(value) && /^(reasoning|function_call|function_call_output|message)$/.test(String(value.type))
  )
}

function itemsOf(list: readonly unknown[]): Message[] {
  const messages: Message[] = []
  for (const item of list) {
    if (isMessage(item)) messages.push(...one(item))
    else if (typeof item === 'string') messages.push({ role: 'user', parts: [text(item)] })
    else if (isItem(item)) {
      const role = item.type === 'function_call_output' ? 'tool' : 'assistant'
      messages.push({ role, parts: [partOf(item)] })
    }
  }
  return messages
}

function one(value: unknown): Message[] {
  const message = messageOf(value)
  return message === null ? [] : [message]
}

/** Instructions that stand beside the messages: Vercel, Anthropic, Responses, Gemini. */
function systemOf(object: JsonObject): unknown {
  const config = isObject(object.config) ? object.config : {}
  const given =
    firstValue(
      object,
      'system',
      'instructions',
      'system_instruction',
      'systemInstruction',
      'system_prompt',
    ) ?? firstValue(config, 'system_instruction', 'systemInstruction')
  if (typeof given === 'string') return given
  if (isObject(given) && 'parts' in given) return given.parts
  return Array.isArray(given) ? given : null
}

function requestOf(object: JsonObject, level: number): Message[] {
  for (const key of ['messages', 'input_messages', 'contents', 'chat_history', 'history']) {
    const found = conversationOf(object[key], 'input', level + 1)
    if (found.length > 0) return found
  }
  const hasModel = typeof object.model === 'string' || 'instructions' in object || 'system' in object
  const prompt = firstValue(object, 'prompt', ...(hasModel ? ['input', 'contents'] : []))
  if (typeof prompt === 'string') return [{ role: 'user', parts: [text(prompt)] }]
  const nested = firstValue(object, 'input', 'inputs', 'kwargs', 'state', 'prompt', 'body')
  return isObject(nested) || Array.isArray(nested) ? conversationOf(nested, 'input', level + 1) : []
}

function responseOf(object: JsonObject, level: number): Message[] {
  if (Array.isArray(object.choices)) return object.choices.flatMap(choiceOf)
  if (Array.isArray(object.candidates)) return object.candidates.flatMap(candidateOf)
  if (Array.isArray(object.generations)) return object.generations.flat().flatMap(generationOf)
  for (const key of [
    'messages',
    'output',
    'outputs',
    'replies',
    'message',
    'content',
    'response',
    'output_messages',
  ]) {
    const value = object[key]
    if (!isObject(value) && !Array.isArray(value)) continue
    // Gemini and ADK: {content: {parts, role}}.
    if (key === 'content' && isObject(value) && 'parts' in value) return one({ role: 'model', ...value })
    const found = conversationOf(value, 'output', level + 1)
    if (found.length > 0) return found
  }
  return []
}

function choiceOf(choice: unknown): Message[] {
  if (!isObject(choice)) return []
  const inner = firstValue(choice, 'message', 'delta')
  const reason = firstString(choice, 'finish_reason')
  const message = isObject(inner)
    ? messageOf({ role: 'assistant', ...inner })
    : typeof choice.text === 'string'
      ? { role: 'assistant', parts: [text(choice.text)] }
      : null
  if (message === null) return []
  return [reason === null ? message : { ...message, finish_reason: reason }]
}

function candidateOf(candidate: unknown): Message[] {
  if (!isObject(candidate) || !isObject(candidate.content)) return []
  const reason = firstString(candidate, 'finishReason', 'finish_reason')
  return one({ role: 'model', ...candidate.content, ...(reason === null ? {} : { finish_reason: reason }) })
}

/** LangChain's result: `{text, message}`; the message says more. */
function generationOf(generation: unknown): Message[] {
  if (!isObject(generation)) return []
  const message = messageOf(generation.message)
  if (message !== null) return [message]
  return typeof generation.text === 'string' ? [{ role: 'assistant', parts: [text(generation.text)] }] : []
}
