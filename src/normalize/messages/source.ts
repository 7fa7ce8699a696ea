import type { Attributes, AttributeValue } from '../../model/attributes.ts'
import type { SpanEvent } from '../../model/otlp.ts'
import { parseJson } from './json.ts'
import { plain } from './plain.ts'

/** A log record that belongs to a span: its event name, attributes and body. */
export interface ContentLog {
  name: string
  attributes: Attributes
  body: AttributeValue
}

/** What message readers read from: one span's attributes and content as one, its events, its log records. */
export class MessageSource {
  readonly #structure: Attributes
  readonly #content: Attributes
  readonly #parsed = new Map<string, unknown>()
  readonly events: readonly SpanEvent[]
  /** Events and log records in one shape, in the order of their times as given. */
  readonly records: readonly ContentLog[]

  constructor(
    structure: Attributes,
    content: Attributes,
    events: readonly SpanEvent[],
    logs: readonly ContentLog[],
  ) {
    this.#structure = structure
    this.#content = content
    this.events = events
    this.records = [
      ...events.map(({ name, attributes }) => ({ name, attributes, body: null })),
      ...logs.map((log) => ({ ...log, name: log.name || textOf(log.attributes.get('event.name')) })),
    ]
  }

  get(key: string): AttributeValue | undefined {
    return this.#content.get(key) ?? this.#structure.get(key)
  }

  /** A text as sent; `undefined` when absent or of another type. */
  text(key: string): string | undefined {
    const value = this.get(key)
    if (value instanceof Uint8Array) return textOf(plain(value) as AttributeValue)
    return typeof value === 'string' ? value : undefined
  }

  /** The value as plain JSON, a JSON string parsed; `undefined` = absent. */
  json(key: string): unknown {
    if (this.#parsed.has(key)) return this.#parsed.get(key)
    const value = this.get(key)
    const parsed = value === undefined || value === null ? undefined : parseJson(plain(value))
    this.#parsed.set(key, parsed)
    return parsed
  }

  /** Attributes below a prefix. */
  *under(prefix: string): Generator<[string, AttributeValue]> {
    for (const [key, value] of this.#content) if (key.startsWith(prefix)) yield [key, value]
  }
}

function textOf(value: AttributeValue | undefined): string {
  return typeof value === 'string' ? value : ''
}
