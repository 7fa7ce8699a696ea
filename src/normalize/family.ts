import type { AttributeValue } from '../model/attributes.ts'
import type { Message } from '../model/message.ts'
import type { OtlpSpan } from '../model/otlp.ts'
import type { Field, Reader } from './fields.ts'
import type { MessageSource } from './messages/source.ts'
import type { Reading } from './reading.ts'

/**
 * One attribute that feeds a field. `map` translates the values of a closed vocabulary (compared in lower
 * case; what it does not know is ignored); `is` gives the field a fixed value wherever the attribute is
 * present; `read` replaces the field's usual reader.
 */
export type Feed =
  | string
  | { key: string; map: Readonly<Record<string, string>> }
  | { key: string; is: string | boolean }
  | { key: string; read: Reader }

/** Fields by the path inside a JSON value: `{'usage_metadata.cached_content_token_count': 'cachedInput'}`. */
type JsonPaths = Readonly<Record<string, Field>>

/** Values that a span name (or a name's start up to and with its first colon) or a scope name stands for. */
export type NameRules = Readonly<Record<string, Partial<Record<Field, string | boolean>>>>

/** One convention: which attributes say what, in which order. Pure data but for the last three members. */
export interface Family {
  name: string
  /** False = written from documents, never seen on a captured span. */
  verified: boolean
  /** For each field the attributes that feed it, the best first. */
  fields?: Partial<Record<Field, readonly Feed[]>>
  /** Fields below attributes whose key is the prefix and a name that the sender's user may choose. */
  prefixes?: Readonly<Record<string, Readonly<Record<string, Field>>>>
  /** Attributes that hold JSON (string or kvlist), and the fields inside. */
  json?: Readonly<Record<string, JsonPaths>>
  /** Starts of keys whose texts are written as JSON, quotes and all: their fields are what such a text says. */
  quoted?: readonly string[]
  /** Span names, or their part up to and with the first colon. */
  spanNames?: NameRules
  /** Scope names that make this family present. */
  scopes?: readonly string[]
  /** Attributes that hold content; a trailing `*` makes it a prefix. */
  content?: readonly string[]
  /** Structure although its values may be long; a trailing `*` makes it a prefix. */
  structure?: readonly string[]
  /** What a table cannot say. Called only when an attribute, name or scope of this family was seen. */
  interpret?(reading: Reading, span: OtlpSpan, resource: Reading): void
  /** Finds input, output and tools at read time, at its stage of the order in content.ts. */
  messages?: readonly MessageReader[]
  /** A readable title out of the attributes; `null` = none. */
  title?(get: (key: string) => AttributeValue | undefined): string | null
}

/** The order in which content is looked for (the first that has something wins, per side). */
export const STAGES = ['explicit', 'structured', 'indexed', 'events', 'prompt', 'value', 'preview'] as const
type Stage = (typeof STAGES)[number]

export type Side = 'input' | 'output'

/** Reads one side of a span's content; `undefined` = nothing here. */
export interface MessageReader {
  stage: Stage
  read(source: MessageSource, side: Side): Found | undefined
}

export interface Found {
  messages: Message[]
  /** The raw value, already plain JSON; `undefined` = this reader has none. */
  value?: unknown
}
