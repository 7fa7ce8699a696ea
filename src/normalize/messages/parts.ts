import type { MessagePart } from '../../model/message.ts'
import { firstString, firstValue, isLost, isObject, type JsonObject, parseJson } from './json.ts'
import { fromText, mediaPart, withoutMedia } from './media.ts'

export function text(content: string): MessagePart {
  // A data URL that stands where text was expected is a picture all the same.
  return content.startsWith('data:') && content.includes(';base64,')
    ? fromText(content, null, null)
    : { type: 'text', content }
}

/** The parts of a message's content, whatever dialect: a text, a list of parts, or one part. */
export function partsOf(content: unknown): MessagePart[] {
  if (content === null || content === undefined || content === '') return []
  if (typeof content === 'string') return isLost(content) ? [] : [text(content)]
  if (Array.isArray(content)) return content.flatMap(partsOfItem)
  return isObject(content) ? partsOfItem(content) : [{ type: 'json', content }]
}

function partsOfItem(item: unknown): MessagePart[] {
  if (typeof item === 'string') return item === '' ? [] : [text(item)]
  if (!isObject(item)) return item === null || item === undefined ? [] : [{ type: 'json', content: item }]
  const part = partOf(item)
  return part.type === 'text' && part.content === '' ? [] : [part]
}

const TEXT = new Set(['text', 'input_text', 'output_text', 'summary_text', 'refusal', 'text_delta'])
const REASONING = new Set(['reasoning', 'thinking', 'redacted_thinking', 'reasoning_text'])
const TOOL_CALL = new Set([
  'tool_call',
  'tool-call',
  'tool_use',
  'function_call',
  'function',
  'server_tool_call',
  'server_tool_use',
  'mcp_call',
  'tool',
])
const TOOL_RESULT = new Set([
  'tool_call_response',
  'tool_call_result',
  'tool-result',
  'tool_result',
  'function_call_output',
  'server_tool_call_response',
  'tool_response',
])
const MEDIA = /image|audio|video|media|^file$|input_file|document|blob|^binary$|^uri$/

/** One part of any dialect; what is not known is kept as JSON. */
export function partOf(part: JsonObject): MessagePart {
  // LlamaIndex' blocks have their own word for it
  const named = part.type ?? part.block_type
  const type = typeof named === 'string' ? named : ''
  if (TEXT.has(type)) {
    const content = textIn(part)
    if (content !== null) return text(content)
  } else if (REASONING.has(type)) return reasoning(part)
  else if (TOOL_CALL.has(type) && toolName(part) !== null) return toolCall(part)
  else if (TOOL_RESULT.has(type)) return toolResult(part)
  else if (MEDIA.test(type)) return mediaPart(part) ?? { type: 'json', content: withoutMedia(part) }
  else if (type === '') return untyped(part)
  return { type: 'json', content: withoutMedia(part) }
}

/** Gemini's parts and ADK's have no type: the member tells. */
function untyped(part: JsonObject): MessagePart {
  const call = firstValue(part, 'functionCall', 'function_call', 'tool_call')
  if (isObject(call)) return toolCall(call)
  // Haystack: {tool_call_result: {result, origin: {tool_name, id}}}.
  if (isObject(part.tool_call_result)) {
    const { origin } = part.tool_call_result
    return toolResult({ ...(isObject(origin) ? origin : {}), ...part.tool_call_result })
  }
  const response = firstValue(part, 'functionResponse', 'function_response')
  if (isObject(response)) return toolResult(response)
  if (firstValue(part, 'inlineData', 'inline_data', 'fileData', 'file_data', 'image_url') !== undefined) {
    const media = mediaPart(part)
    if (media !== undefined) return media
  }
  // pydantic-ai: {kind: 'image-url', url}
  if (typeof part.kind === 'string' && /-url$|^binary$/.test(part.kind)) {
    const media = mediaPart({ ...part, type: part.kind })
    if (media !== undefined) return media
  }
  if (typeof part.text === 'string') {
    return part.thought === true ? { type: 'reasoning', content: part.text } : text(part.text)
  }
  if (isObject(part.text) && typeof part.text.value === 'string') return text(part.text.value)
  // Bedrock: {toolUse: {…}}, {toolResult: {…}}.
  if (isObject(part.toolUse)) return toolCall(part.toolUse)
  if (isObject(part.toolResult)) return toolResult(part.toolResult)
  return ofGenkit(part) ?? { type: 'json', content: withoutMedia(part) }
}

/** Genkit's parts: {toolRequest}, {toolResponse}, {media: {url, contentType}}, {reasoning}, {data}. */
function ofGenkit(part: JsonObject): MessagePart | undefined {
  const { toolRequest, toolResponse, media, data } = part
  if (isObject(toolRequest)) return toolCall({ ...toolRequest, id: toolRequest.ref })
  if (isObject(toolResponse)) return toolResult({ ...toolResponse, id: toolResponse.ref })
  if (isObject(media)) return mediaPart(media)
  if (typeof part.reasoning === 'string') return { type: 'reasoning', content: part.reasoning }
  return data === undefined ? undefined : { type: 'json', content: withoutMedia(data) }
}

function textIn(part: JsonObject): string | null {
  const content = firstValue(part, 'content', 'text', 'refusal')
  // OpenAI's and Azure's assistants: {value, annotations}
  if (isObject(content) && typeof content.value === 'string') return content.value
  return typeof content === 'string' ? content : null
}

function reasoning(part: JsonObject): MessagePart {
  const content = firstString(part, 'content', 'text', 'thinking', 'reasoning')
  const listed = content?.startsWith('[') ? parseJson(content) : null
  if (content !== null && !Array.isArray(listed)) return { type: 'reasoning', content }
  const summary = listed ?? firstValue(part, 'summary', 'content')
  const lines = Array.isArray(summary)
    ? summary.map((line) => (isObject(line) ? textIn(line) : null)).filter((line) => line !== null)
    : []
  return { type: 'reasoning', content: lines.join('\n\n') }
}

function toolName(call: JsonObject): string | null {
  const inner = isObject(call.function) ? call.function : {}
  return firstString(call, 'name', 'toolName', 'tool_name') ?? firstString(inner, 'name')
}

/** A call of a tool: OpenTelemetry, OpenAI, Anthropic, Vercel, LangChain, Gemini. */
export function toolCall(value: unknown): MessagePart {
  const call = isObject(value) ? value : {}
  const inner = isObject(call.function) ? call.function : isObject(call.tool_call) ? call.tool_call : {}
  const given =
    firstValue(call, 'arguments', 'input', 'args', 'parameters', 'tool_kwargs', 'server_tool_call') ??
    firstValue(inner, 'arguments', 'args')
  return {
    type: 'tool_call',
    id: firstString(call, 'call_id', 'toolCallId', 'tool_call_id', 'toolUseId', 'id'),
    name: toolName(call) ?? firstString(inner, 'name') ?? '',
    arguments: withoutMedia(parseJson(given ?? null)),
  }
}

/** What a tool answered. Vercel wraps it as `{type: 'json' | 'text', value}`. */
function toolResult(part: JsonObject): MessagePart {
  const given = firstValue(part, 'response', 'result', 'output', 'content', 'server_tool_call_response')
  const unwrapped =
    isObject(given) && typeof given.type === 'string' && 'value' in given ? given.value : given
  return {
    type: 'tool_result',
    id: firstString(part, 'call_id', 'toolCallId', 'tool_call_id', 'tool_use_id', 'toolUseId', 'id'),
    name: toolName(part),
    result: resultOf(unwrapped),
  }
}

/** A tool's answer: JSON parsed, a list of text parts joined; Bedrock's parts `{text}` and `{json}` have no type. */
export function resultOf(value: unknown): unknown {
  const parsed = parseJson(value ?? null)
  if (Array.isArray(parsed) && parsed.length > 0) {
    const texts = parsed.map((item) => (isObject(item) ? textOfAnswer(item) : null))
    if (texts.every((line) => line !== null)) return parseJson(texts.join('\n'))
    const [only] = parsed
    if (parsed.length === 1 && isObject(only) && isOnly(only, 'json')) return withoutMedia(only.json)
  }
  return withoutMedia(parsed)
}

function textOfAnswer(item: JsonObject): string | null {
  return TEXT.has(String(item.type)) || isOnly(item, 'text') ? textIn(item) : null
}

function isOnly(item: JsonObject, member: string): boolean {
  return member in item && Object.keys(item).length === 1
}
