import type { Message, MessagePart } from '../../model/message.ts'
import { firstString, firstValue, isObject, type JsonObject, stringOr } from './json.ts'
import { partsOf, resultOf, toolCall } from './parts.ts'

const ROLES: Readonly<Record<string, string>> = {
  human: 'user',
  ai: 'assistant',
  model: 'assistant',
  bot: 'assistant',
  function: 'tool',
  // smolagents
  'tool-call': 'assistant',
  'tool-response': 'tool',
  HumanMessage: 'user',
  HumanMessageChunk: 'user',
  AIMessage: 'assistant',
  AIMessageChunk: 'assistant',
  SystemMessage: 'system',
  ToolMessage: 'tool',
  FunctionMessage: 'tool',
}

export function roleOf(role: string): string {
  return Object.hasOwn(ROLES, role) ? (ROLES[role] as string) : role
}

/** The role and members of a LangChain message: constructor object, dump (`{type, data}`) or plain. */
function langchain(value: JsonObject): { role: string; members: JsonObject } | null {
  if (value.lc === 1 && Array.isArray(value.id) && isObject(value.kwargs)) {
    const name = String(value.id.at(-1))
    return name.includes('Message')
      ? { role: stringOr(value.kwargs.role) ?? roleOf(name), members: value.kwargs }
      : null
  }
  const type = stringOr(value.type)
  if (type === null || !/^(human|ai|system|tool|function|AIMessageChunk)$/.test(type)) return null
  if (isObject(value.data) && 'content' in value.data) return { role: roleOf(type), members: value.data }
  return 'content' in value ? { role: roleOf(type), members: value } : null
}

/** True for an object that is a message of some dialect. */
export function isMessage(value: unknown): value is JsonObject {
  if (!isObject(value)) return false
  if (langchain(value) !== null) return true
  if (typeof value.role !== 'string') return false
  return ['content', 'parts', 'contents', 'tool_calls', 'function_call', 'toolCalls', 'blocks', 'text'].some(
    (key) => key in value,
  )
}

/** One message of any dialect; `null` when the value is none. */
export function messageOf(value: unknown): Message | null {
  if (!isObject(value)) return null
  const dumped = langchain(value)
  const members = dumped?.members ?? value
  const role = dumped?.role ?? (typeof value.role === 'string' ? roleOf(value.role) : null)
  if (role === null) return null
  const parts: MessagePart[] = []
  const thought = firstString(members, 'reasoning_content', 'reasoning')
  if (thought !== null) parts.push({ type: 'reasoning', content: thought })
  const content = firstValue(members, 'parts', 'contents', 'content', 'blocks', 'text')
  const callId = firstString(members, 'tool_call_id', 'toolCallId')
  if (role === 'tool' && !hasToolResult(content)) {
    parts.push({
      type: 'tool_result',
      id: callId ?? firstString(members, 'id'),
      name: firstString(members, 'name'),
      result: resultOf(content),
    })
  } else parts.push(...partsOf(content))
  const refusal = stringOr(members.refusal)
  if (refusal !== null) parts.push({ type: 'text', content: refusal })
  for (const call of toolCallsOf(members)) {
    const part = toolCall(call)
    if (!repeats(parts, part)) parts.push(part)
  }
  const message: Message = { role: answers(role, parts) ? 'tool' : role, parts }
  const name = stringOr(members.name)
  if (name !== null && role !== 'tool') message.name = name
  const reason = finishReason(members)
  if (reason !== null) message.finish_reason = reason
  return message
}

/** Anthropic, Bedrock, Gemini and older pydantic-ai say what tools answered as the user. */
function answers(role: string, parts: readonly MessagePart[]): boolean {
  return role === 'user' && parts.length > 0 && parts.every(({ type }) => type === 'tool_result')
}

function toolCallsOf(members: JsonObject): unknown[] {
  const extra = isObject(members.additional_kwargs) ? members.additional_kwargs : {}
  for (const found of [members.tool_calls, members.toolCalls, extra.tool_calls]) {
    if (Array.isArray(found) && found.length > 0) return found
  }
  const single = members.function_call ?? extra.function_call
  return isObject(single) ? [single] : []
}

/** Anthropic through LangChain carries a call both as a content block and as `tool_calls`. */
function repeats(parts: readonly MessagePart[], call: MessagePart): boolean {
  return parts.some(
    (part) =>
      part.type === 'tool_call' &&
      call.type === 'tool_call' &&
      part.id === call.id &&
      part.name === call.name,
  )
}

function hasToolResult(content: unknown): boolean {
  if (!Array.isArray(content)) return false
  return content.some(
    (item) =>
      isObject(item) &&
      (/tool.*res|function_call_output/.test(String(item.type ?? '')) ||
        'functionResponse' in item ||
        'function_response' in item ||
        'tool_call_result' in item ||
        'toolResult' in item ||
        'toolResponse' in item),
  )
}

function finishReason(members: JsonObject): string | null {
  const meta = isObject(members.response_metadata) ? members.response_metadata : {}
  return (
    firstString(members, 'finish_reason', 'finishReason', 'stop_reason') ??
    firstString(meta, 'finish_reason', 'stop_reason')
  )
}
