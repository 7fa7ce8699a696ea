import type { Attributes, AttributeValue } from '../../../src/model/attributes.ts'
import type { OtlpSpan, Resource, Scope } from '../../../src/model/otlp.ts'
import type { Span } from '../../../src/model/span.ts'
import { normalizeSpan } from '../../../src/normalize/index.ts'

/** Attributes in JavaScript's plain values: whole numbers are int64, objects kvlists. */
export type Plain = Record<string, unknown>

export interface Sent {
  name?: string
  attributes?: Plain
  events?: { name: string; attributes?: Plain }[]
  resource?: Plain
  scope?: string
  over?: Partial<OtlpSpan>
}

export function attributes(plain: Plain = {}): Attributes {
  return new Map(Object.entries(plain).map(([key, value]) => [key, attribute(value)]))
}

function attribute(value: unknown): AttributeValue {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value
  if (Array.isArray(value)) return value.map(attribute)
  if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) {
    return attributes(value as Plain)
  }
  return value as AttributeValue
}

export function otlpSpan(sent: Sent): OtlpSpan {
  return {
    traceId: 'a1'.repeat(16),
    spanId: 'b2'.repeat(8),
    parentSpanId: 'c3'.repeat(8),
    traceState: '',
    flags: 0x101,
    name: sent.name ?? 'span',
    kind: 1,
    startNs: 1_795_344_848_000_000_000n,
    endNs: 1_795_344_849_000_000_000n,
    attributes: attributes(sent.attributes),
    droppedAttributesCount: 0,
    events: (sent.events ?? []).map((event) => ({
      timeNs: 1_795_344_848_500_000_000n,
      name: event.name,
      attributes: attributes(event.attributes),
      droppedAttributesCount: 0,
    })),
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    statusCode: 0,
    statusMessage: '',
    defect: null,
    clean: false,
    repairs: [],
    ...sent.over,
  }
}

export function resourceOf(plain: Plain = {}): Resource {
  return { attributes: attributes(plain), droppedAttributesCount: 0, schemaUrl: '' }
}

export function scopeOf(name = 'test'): Scope {
  return { name, version: '1', attributes: new Map(), droppedAttributesCount: 0, schemaUrl: '' }
}

/** Normalizes a span that must be usable. */
export function normalized(sent: Sent): Span {
  const result = normalizeSpan(otlpSpan(sent), resourceOf(sent.resource), scopeOf(sent.scope))
  if (!('span' in result)) throw new Error(`refused: ${result.refused}`)
  return result.span
}
