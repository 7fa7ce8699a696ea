/** One part of a message. Media never travel as text: they are described, and their bytes are an artifact. */
export type MessagePart =
  | { type: 'text'; content: string }
  | { type: 'reasoning'; content: string }
  | { type: 'tool_call'; id: string | null; name: string; arguments: unknown }
  | { type: 'tool_result'; id: string | null; name: string | null; result: unknown }
  | {
      type: 'image' | 'audio' | 'video' | 'file'
      media_type: string | null
      size: number | null
      sha256: string | null
      /** As sent, http(s) or a provider's id; never fetched. */
      uri: string | null
    }
  /** Structured output, and parts of a type that is not known: kept as they came. */
  | { type: 'json'; content: unknown }

/** A message of a conversation with a model, whatever dialect carried it. */
export interface Message {
  /** system, user, assistant, tool, or what the sender said. */
  role: string
  name?: string
  parts: MessagePart[]
  finish_reason?: string
}

/** What went into or came out of a span. */
export interface Content {
  /** Empty when the content is not a conversation. */
  messages: Message[]
  /** The raw value beside it: JSON where it was JSON, else text; null = nothing was captured. */
  value: unknown
}
