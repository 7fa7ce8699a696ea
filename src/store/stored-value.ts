import type { Attributes, AttributeValue } from '../model/attributes.ts'
import type { SpanEvent, SpanLink } from '../model/otlp.ts'
import type { Write } from './message-parts.ts'

/**
 * Attributes as JSON that keeps OTLP's types: string, bool, int and array are JSON's own; everything that JSON
 * cannot tell apart is an object with one key: `{"double":1.5}`, `{"int":"9223372036854775807"}`,
 * `{"bytes":"base64"}`, `{"map":{…}}`. `write` may put references in the place of a value (message-parts.ts).
 */
export function attributesToJson(attributes: Attributes, write?: Write): string | null {
  return attributes.size === 0 ? null : mapToJson(attributes, write)
}

/** The reverse of `attributesToJson`, from the parsed column. */
export function attributesFromStored(stored: unknown): Attributes {
  const attributes: Attributes = new Map()
  if (stored === null || typeof stored !== 'object') return attributes
  for (const [key, value] of Object.entries(stored)) attributes.set(key, valueFromStored(value))
  return attributes
}

/** Events as a JSON list `[{t,n,a,d}]`: time, name, attributes, dropped attributes; null = none. */
export function eventsToJson(events: readonly SpanEvent[], write?: Write): string | null {
  if (events.length === 0) return null
  let json = ''
  for (const event of events) {
    json += `${json === '' ? '[' : ','}{"t":"${event.timeNs}","n":${JSON.stringify(event.name)}${tail(event, write)}`
  }
  return `${json}]`
}

export function eventsFromStored(stored: unknown): SpanEvent[] {
  return list(stored).map((event) => ({
    timeNs: BigInt(text(event.t, '0')),
    name: text(event.n, ''),
    attributes: attributesFromStored(event.a ?? null),
    droppedAttributesCount: Number(event.d ?? 0),
  }))
}

/** Links as a JSON list `[{trace,span,state,flags,a,d}]`; null = none. */
export function linksToJson(links: readonly SpanLink[]): string | null {
  if (links.length === 0) return null
  let json = ''
  for (const link of links) {
    json += `${json === '' ? '[' : ','}{"trace":${JSON.stringify(link.traceId)},"span":${JSON.stringify(link.spanId)}`
    json += `,"state":${JSON.stringify(link.traceState)},"flags":${link.flags}${tail(link)}`
  }
  return `${json}]`
}

export function linksFromStored(stored: unknown): SpanLink[] {
  return list(stored).map((link) => ({
    traceId: text(link.trace, ''),
    spanId: text(link.span, ''),
    traceState: text(link.state, ''),
    flags: Number(link.flags ?? 0),
    attributes: attributesFromStored(link.a ?? null),
    droppedAttributesCount: Number(link.d ?? 0),
  }))
}

function tail(part: { attributes: Attributes; droppedAttributesCount: number }, write?: Write): string {
  const attributes = part.attributes.size === 0 ? '' : `,"a":${mapToJson(part.attributes, write)}`
  return `${attributes}${part.droppedAttributesCount === 0 ? '' : `,"d":${part.droppedAttributesCount}`}}`
}

function mapToJson(map: Attributes, write?: Write): string {
  let json = '{'
  for (const [key, value] of map) {
    const one = valueToJson(value)
    json += `${json.length === 1 ? '' : ','}${JSON.stringify(key)}:${write === undefined ? one : write(one)}`
  }
  return `${json}}`
}

function valueToJson(value: AttributeValue): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'bigint':
      return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER
        ? value.toString()
        : `{"int":"${value}"}`
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
        ? `{"double":${value}}`
        : `{"double":"${doubleName(value)}"}`
    default:
      if (value === null) return 'null'
      if (value instanceof Uint8Array)
        return `{"bytes":"${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')}"}`
      if (value instanceof Map) return `{"map":${mapToJson(value)}}`
      return `[${value.map(valueToJson).join(',')}]`
  }
}

const doubleName = (value: number) => (Object.is(value, -0) ? '-0' : String(value))

function valueFromStored(stored: unknown): AttributeValue {
  if (typeof stored === 'string' || typeof stored === 'boolean' || stored === null) return stored
  if (typeof stored === 'number') return BigInt(stored)
  if (Array.isArray(stored)) return stored.map(valueFromStored)
  const tagged = stored as { int?: string; double?: number | string; bytes?: string; map?: object }
  if (tagged.int !== undefined) return BigInt(tagged.int)
  if (tagged.double !== undefined) return Number(tagged.double)
  if (tagged.bytes !== undefined) return new Uint8Array(Buffer.from(tagged.bytes, 'base64'))
  return attributesFromStored(tagged.map ?? null)
}

const list = (stored: unknown) => (Array.isArray(stored) ? (stored as Record<string, unknown>[]) : [])
const text = (value: unknown, otherwise: string) => (typeof value === 'string' ? value : otherwise)
