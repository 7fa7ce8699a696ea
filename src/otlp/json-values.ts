import { limits } from '../limits.ts'
import type { Attributes, AttributeValue } from '../model/attributes.ts'
import type { Resource, Scope } from '../model/otlp.ts'
import { emptyResource, emptyScope } from './empty.ts'
import { type JsonReader, WrongType } from './json-reader.ts'
import { REPAIR, repair, TOO_DEEP } from './repairs.ts'

const INT64_MIN = -(2n ** 63n)
const INT64_MAX = 2n ** 63n - 1n
const INTEGER = /^-?\d{1,19}$/
/** Digits once, before the point or after it: a text that is no number is found out in one pass. */
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/

/**
 * Reads a list of `{key, value}` into `into`. A key that comes twice: the last value stands.
 * `depth` counts the arrays and kvlists around it.
 */
export function readAttributes(reader: JsonReader, json: unknown, into: Attributes, depth: number): void {
  for (const item of reader.list(json, 'attributes')) {
    const entry = reader.object(item, 'attribute')
    const value = readAnyValue(reader, entry.value, depth)
    const before = into.size
    into.set(reader.text(entry.key, 'key'), value)
    if (into.size === before) repair(reader.repairs, REPAIR.duplicateKey)
  }
}

/**
 * Reads an AnyValue: `{}`, null and absent are the empty value. A text that is no number (or base64) where one is
 * due is kept as a string, with a repair: nothing is lost. An array or kvlist deeper than `limits.maxDepth` is
 * stepped over, so no nesting can exhaust the stack.
 * @throws WrongType when a member has the wrong JSON type
 */
export function readAnyValue(reader: JsonReader, json: unknown, depth: number): AttributeValue {
  const any = reader.message(json, 'value')
  const text = any.stringValue ?? any.string_value
  if (text !== undefined && text !== null) return reader.text(text, 'stringValue')
  const integer = any.intValue ?? any.int_value
  if (integer !== undefined && integer !== null) return readInt(reader, integer)
  const bool = any.boolValue ?? any.bool_value
  if (typeof bool === 'boolean') return bool
  if (bool !== undefined && bool !== null) throw new WrongType('boolValue')
  const list = any.arrayValue ?? any.array_value
  if (list !== undefined && list !== null) {
    const { values } = reader.object(list, 'arrayValue')
    if (depth >= limits.maxDepth) return tooDeep(reader)
    return reader.list(values, 'arrayValue').map((value) => readAnyValue(reader, value, depth + 1))
  }
  const kvlist = any.kvlistValue ?? any.kvlist_value
  if (kvlist !== undefined && kvlist !== null) {
    const { values } = reader.object(kvlist, 'kvlistValue')
    if (depth >= limits.maxDepth) return tooDeep(reader)
    const entries: Attributes = new Map()
    readAttributes(reader, values, entries, depth + 1)
    return entries
  }
  const bytes = any.bytesValue ?? any.bytes_value
  if (bytes !== undefined && bytes !== null) return readBytes(reader, bytes)
  const double = any.doubleValue !== undefined ? any.doubleValue : any.double_value
  return double === undefined ? null : readDouble(reader, double)
}

function tooDeep(reader: JsonReader): string {
  repair(reader.repairs, REPAIR.tooDeep)
  return TOO_DEEP
}

function readInt(reader: JsonReader, json: unknown): AttributeValue {
  if (typeof json === 'number') {
    if (Number.isSafeInteger(json)) return BigInt(json)
    if (Number.isInteger(json) && json >= -(2 ** 63) && json < 2 ** 63) {
      repair(reader.repairs, REPAIR.intPrecision)
      return BigInt(json)
    }
    repair(reader.repairs, REPAIR.badNumber)
    return json
  }
  if (typeof json !== 'string') throw new WrongType('intValue')
  if (INTEGER.test(json)) {
    const value = BigInt(json)
    if (value >= INT64_MIN && value <= INT64_MAX) return value
  }
  repair(reader.repairs, REPAIR.badNumber)
  return reader.wellFormed(json)
}

function readDouble(reader: JsonReader, json: unknown): AttributeValue {
  if (typeof json === 'number') return json
  if (json === null) {
    repair(reader.repairs, REPAIR.nullDouble)
    return Number.NaN
  }
  if (typeof json !== 'string') throw new WrongType('doubleValue')
  if (json === 'NaN') return Number.NaN
  if (json === 'Infinity') return Number.POSITIVE_INFINITY
  if (json === '-Infinity') return Number.NEGATIVE_INFINITY
  if (DECIMAL.test(json)) return Number(json)
  repair(reader.repairs, REPAIR.badNumber)
  return reader.wellFormed(json)
}

function readBytes(reader: JsonReader, json: unknown): AttributeValue {
  if (typeof json !== 'string') throw new WrongType('bytesValue')
  if (BASE64.test(json) && json.replace(/=+$/, '').length % 4 !== 1) {
    return new Uint8Array(Buffer.from(json, 'base64'))
  }
  repair(reader.repairs, REPAIR.badBase64)
  return reader.wellFormed(json)
}

/** Reads a Resource; `schemaUrl` stands in the envelope around it. */
export function readResource(reader: JsonReader, json: unknown, schemaUrl: unknown): Resource {
  const from = reader.message(json, 'resource')
  const resource = emptyResource()
  readAttributes(reader, from.attributes, resource.attributes, 0)
  resource.droppedAttributesCount = reader.uint32(
    from.droppedAttributesCount ?? from.dropped_attributes_count,
    'droppedAttributesCount',
  )
  resource.schemaUrl = reader.text(schemaUrl, 'schemaUrl')
  return resource
}

/** Reads an InstrumentationScope; `schemaUrl` stands in the envelope around it. */
export function readScope(reader: JsonReader, json: unknown, schemaUrl: unknown): Scope {
  const from = reader.message(json, 'scope')
  const scope = emptyScope()
  scope.name = reader.text(from.name, 'name')
  scope.version = reader.text(from.version, 'version')
  readAttributes(reader, from.attributes, scope.attributes, 0)
  scope.droppedAttributesCount = reader.uint32(
    from.droppedAttributesCount ?? from.dropped_attributes_count,
    'droppedAttributesCount',
  )
  scope.schemaUrl = reader.text(schemaUrl, 'schemaUrl')
  return scope
}
