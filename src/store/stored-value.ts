import type { Attributes, AttributeValue } from '../model/attributes.ts'
import type { SpanEvent, SpanLink } from '../model/otlp.ts'
import { CopyRows } from './copy-row.ts'
import type { Look } from './message-parts.ts'

/**
 * Writes attributes as a JSON column that keeps OTLP's types: string, bool, int and array are JSON's own; everything
 * that JSON cannot tell apart is an object with one key: `{"double":1.5}`, `{"int":"9223372036854775807"}`,
 * `{"bytes":"base64"}`, `{"map":{…}}`. No attributes are NULL. `look` sees each value (message-parts.ts).
 */
export function writeAttributes(rows: CopyRows, attributes: Attributes, look?: Look): void {
  if (attributes.size === 0) {
    rows.null()
    return
  }
  const from = rows.begin()
  writeMap(rows, attributes, look)
  rows.end(from)
}

/** The same as text; null = no attributes. */
export function attributesToJson(attributes: Attributes): string | null {
  if (attributes.size === 0) return null
  const rows = new CopyRows(256)
  writeMap(rows, attributes)
  return rows.textSince(0)
}

/** The reverse of `attributesToJson`, from the parsed column. */
export function attributesFromStored(stored: unknown): Attributes {
  const attributes: Attributes = new Map()
  if (stored === null || typeof stored !== 'object') return attributes
  for (const [key, value] of Object.entries(stored)) attributes.set(key, valueFromStored(value))
  return attributes
}

/** Writes events as a JSON list `[{t,n,a,d}]`: time, name, attributes, dropped attributes; none are NULL. */
export function writeEvents(rows: CopyRows, events: readonly SpanEvent[], look?: Look): void {
  if (events.length === 0) {
    rows.null()
    return
  }
  const from = rows.begin()
  let first = true
  for (const event of events) {
    rows.ascii(`${first ? '[' : ','}{"t":"${event.timeNs}","n":`)
    rows.jsonString(event.name)
    writeTail(rows, event, look)
    first = false
  }
  rows.byte(CLOSE_LIST)
  rows.end(from)
}

export function eventsFromStored(stored: unknown): SpanEvent[] {
  return list(stored).map((event) => ({
    timeNs: BigInt(text(event.t, '0')),
    name: text(event.n, ''),
    attributes: attributesFromStored(event.a ?? null),
    droppedAttributesCount: Number(event.d ?? 0),
  }))
}

/** Writes links as a JSON list `[{trace,span,state,flags,a,d}]`; none are NULL. */
export function writeLinks(rows: CopyRows, links: readonly SpanLink[]): void {
  if (links.length === 0) {
    rows.null()
    return
  }
  const from = rows.begin()
  let first = true
  for (const link of links) {
    rows.ascii(first ? '[{"trace":' : ',{"trace":')
    rows.jsonString(link.traceId)
    rows.ascii(',"span":')
    rows.jsonString(link.spanId)
    rows.ascii(',"state":')
    rows.jsonString(link.traceState)
    rows.ascii(`,"flags":${link.flags}`)
    writeTail(rows, link)
    first = false
  }
  rows.byte(CLOSE_LIST)
  rows.end(from)
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

function writeTail(
  rows: CopyRows,
  part: { attributes: Attributes; droppedAttributesCount: number },
  look?: Look,
): void {
  if (part.attributes.size > 0) {
    rows.ascii(',"a":')
    writeMap(rows, part.attributes, look)
  }
  if (part.droppedAttributesCount !== 0) rows.ascii(`,"d":${part.droppedAttributesCount}`)
  rows.byte(CLOSE_MAP)
}

function writeMap(rows: CopyRows, map: Attributes, look?: Look): void {
  let before: number = OPEN_MAP
  for (const [key, value] of map) {
    rows.byte(before)
    rows.jsonString(key)
    rows.byte(COLON)
    if (look === undefined) writeValue(rows, value)
    else {
      const from = rows.byteLength
      writeValue(rows, value)
      look(rows, from)
    }
    before = COMMA
  }
  if (before === OPEN_MAP) rows.byte(OPEN_MAP)
  rows.byte(CLOSE_MAP)
}

function writeValue(rows: CopyRows, value: AttributeValue): void {
  switch (typeof value) {
    case 'string':
      rows.jsonString(value)
      return
    case 'boolean':
      rows.ascii(value ? 'true' : 'false')
      return
    case 'bigint': {
      const number = Number(value)
      rows.ascii(Number.isSafeInteger(number) ? String(number) : `{"int":"${value}"}`)
      return
    }
    case 'number':
      rows.ascii(
        Number.isFinite(value) && !Object.is(value, -0)
          ? `{"double":${value}}`
          : `{"double":"${doubleName(value)}"}`,
      )
      return
  }
  if (value === null) rows.ascii('null')
  else if (value instanceof Uint8Array) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    rows.ascii(`{"bytes":"${bytes.toString('base64')}"}`)
  } else if (value instanceof Map) {
    rows.ascii('{"map":')
    writeMap(rows, value)
    rows.byte(CLOSE_MAP)
  } else writeList(rows, value)
}

function writeList(rows: CopyRows, values: readonly AttributeValue[]): void {
  rows.byte(OPEN_LIST)
  for (let i = 0; i < values.length; i++) {
    if (i > 0) rows.byte(COMMA)
    writeValue(rows, values[i] as AttributeValue)
  }
  rows.byte(CLOSE_LIST)
}

/** Characters of JSON. */
const [OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP, COLON, COMMA] = [
  0x5b, 0x5d, 0x7b, 0x7d, 0x3a, 0x2c,
] as const

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
