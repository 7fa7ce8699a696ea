/** A message as most client libraries write it: OpenAI's chat shape, or role and parts. */
export interface MessageInput {
  role: string
  name?: string | undefined
  /** Text, or a list of parts as the client library has them. */
  content?: unknown
  /** Parts in OpenTelemetry's shape; wins over `content`. */
  parts?: unknown[]
  /** OpenAI's shape of an assistant's calls. */
  tool_calls?: unknown
  /** The call that a `tool` message answers. */
  tool_call_id?: string
  finish_reason?: string | null | undefined
}

interface Part {
  type: string
  [field: string]: unknown
}

/** Messages in the shape of `gen_ai.input.messages` and `gen_ai.output.messages`: role and parts. */
export function toGenAiMessages(messages: readonly MessageInput[]): object[] {
  return messages.map((message) => ({
    role: message.role,
    ...(message.name === undefined ? {} : { name: message.name }),
    parts: partsOf(message),
    ...(message.finish_reason ? { finish_reason: message.finish_reason } : {}),
  }))
}

function partsOf(message: MessageInput): unknown[] {
  if (Array.isArray(message.parts)) return message.parts
  if (message.role === 'tool' && message.tool_call_id !== undefined) {
    return [{ type: 'tool_call_response', id: message.tool_call_id, response: parsed(message.content) }]
  }
  const parts: Part[] = []
  if (typeof message.content === 'string') {
    if (message.content !== '') parts.push({ type: 'text', content: message.content })
  } else if (Array.isArray(message.content)) {
    for (const part of message.content) parts.push(contentPart(part))
  } else if (message.content !== null && message.content !== undefined) {
    parts.push({ type: 'json', content: message.content })
  }
  if (Array.isArray(message.tool_calls)) for (const call of message.tool_calls) parts.push(toolCallPart(call))
  return parts
}

function contentPart(part: unknown): Part {
  if (typeof part === 'string') return { type: 'text', content: part }
  if (typeof part !== 'object' || part === null) return { type: 'json', content: part }
  const fields = part as { type?: unknown; text?: unknown; image_url?: unknown }
  if (fields.type === 'text' && typeof fields.text === 'string') return { type: 'text', content: fields.text }
  if (fields.type === 'image_url') {
    const image = fields.image_url as { url?: unknown } | string | undefined
    return { type: 'uri', modality: 'image', uri: typeof image === 'string' ? image : image?.url }
  }
  return { ...part, type: typeof fields.type === 'string' ? fields.type : 'json' }
}

function toolCallPart(call: unknown): Part {
  const { id, function: called } = (call ?? {}) as {
    id?: unknown
    function?: { name?: unknown; arguments?: unknown }
  }
  return { type: 'tool_call', id, name: called?.name, arguments: parsed(called?.arguments) }
}

/** Client libraries hand arguments and results over as JSON text. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}
