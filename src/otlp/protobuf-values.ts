import { limits } from '../limits.ts'
import type { Attributes, AttributeValue } from '../model/attributes.ts'
import type { Resource, Scope } from '../model/otlp.ts'
import { REPAIR, repair, TOO_DEEP } from './repairs.ts'
import type { WireReader } from './wire.ts'

/**
 * Reads one KeyValue that ends at `end` into `into`. `depth` counts the arrays and kvlists around it.
 * A key that comes twice: the last value stands.
 */
export function readKeyValue(reader: WireReader, end: number, into: Attributes, depth: number): void {
  let key = ''
  let value: AttributeValue = null
  for (let tag = reader.tag(end); tag !== 0; tag = reader.tag(end)) {
    switch (tag) {
      case 0x0a:
        key = reader.name(end)
        break
      case 0x12:
        value = readAnyValue(reader, reader.lenEnd(end), value, depth)
        break
      default:
        reader.skip(end)
    }
  }
  const before = into.size
  into.set(key, value)
  if (into.size === before) repair(reader.repairs, REPAIR.duplicateKey)
}

/**
 * Reads the AnyValue that ends at `end`. `previous` is what the same field held before (null = nothing): protobuf
 * merges a message that comes twice, so lists grow and everything else is replaced.
 * An array or kvlist deeper than `limits.maxDepth` is stepped over unread, so no nesting can exhaust the stack.
 */
export function readAnyValue(
  reader: WireReader,
  end: number,
  previous: AttributeValue,
  depth: number,
): AttributeValue {
  let value = previous
  for (let tag = reader.tag(end); tag !== 0; tag = reader.tag(end)) {
    switch (tag) {
      case 0x0a:
        value = reader.string(end)
        break
      case 0x10:
        value = reader.bool()
        break
      case 0x18:
        value = reader.int64()
        break
      case 0x21:
        value = reader.double(end)
        break
      case 0x2a:
        value = readArray(reader, reader.lenEnd(end), value, depth + 1)
        break
      case 0x32:
        value = readKvlist(reader, reader.lenEnd(end), value, depth + 1)
        break
      case 0x3a:
        value = reader.bytes(end)
        break
      case 0x40: // string_value_strindex: a member of the oneof, so it clears the others; empty outside profiles
        reader.uint32()
        value = null
        break
      default:
        reader.skip(end)
    }
  }
  return value
}

function readArray(reader: WireReader, end: number, previous: AttributeValue, depth: number): AttributeValue {
  if (depth > limits.maxDepth) return tooDeep(reader, end)
  const values = Array.isArray(previous) ? previous : []
  for (let tag = reader.tag(end); tag !== 0; tag = reader.tag(end)) {
    if (tag === 0x0a) values.push(readAnyValue(reader, reader.lenEnd(end), null, depth))
    else reader.skip(end)
  }
  return values
}

function readKvlist(
  reader: WireReader,
  end: number,
  previous: AttributeValue,
  depth: number,
): AttributeValue {
  if (depth > limits.maxDepth) return tooDeep(reader, end)
  const entries: Attributes = previous instanceof Map ? previous : new Map()
  for (let tag = reader.tag(end); tag !== 0; tag = reader.tag(end)) {
    if (tag === 0x0a) readKeyValue(reader, reader.lenEnd(end), entries, depth)
    else reader.skip(end)
  }
  return entries
}

function tooDeep(reader: WireReader, end: number): string {
  reader.pos = end
  repair(reader.repairs, REPAIR.tooDeep)
  return TOO_DEEP
}

/** Reads the Resource that ends at `end` into `resource`, which may hold an earlier part of it. */
export function readResource(reader: WireReader, end: number, resource: Resource): void {
  for (let tag = reader.tag(end); tag !== 0; tag = reader.tag(end)) {
    switch (tag) {
      case 0x0a:
        readKeyValue(reader, reader.lenEnd(end), resource.attributes, 0)
        break
      case 0x10:
        resource.droppedAttributesCount = reader.uint32()
        break
      default:
        reader.skip(end)
    }
  }
}

/** Reads the InstrumentationScope that ends at `end` into `scope`, which may hold an earlier part of it. */
export function readScope(reader: WireReader, end: number, scope: Scope): void {
  for (let tag = reader.tag(end); tag !== 0; tag = reader.tag(end)) {
    switch (tag) {
      case 0x0a:
        scope.name = reader.name(end)
        break
      case 0x12:
        scope.version = reader.name(end)
        break
      case 0x1a:
        readKeyValue(reader, reader.lenEnd(end), scope.attributes, 0)
        break
      case 0x20:
        scope.droppedAttributesCount = reader.uint32()
        break
      default:
        reader.skip(end)
    }
  }
}
