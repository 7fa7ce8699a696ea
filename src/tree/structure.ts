import type { Links } from './forest.ts'

/** Bytes of a span id. */
export const ID_BYTES = 8

/**
 * The structure of the traces of an execution as bytes, one entry a span: all that its order needs, at some
 * forty bytes a span.
 */
export interface Structure {
  count: number
  /** Hex, sorted; `traces` indexes them. */
  traceIds: readonly string[]
  traces: Int32Array
  /** Eight bytes each; parents: zeros = none. */
  spanIds: Buffer
  parentIds: Buffer
  /** Unix nanoseconds as sent: eight bytes each, big-endian. */
  starts: Buffer
  /** 0 = the span names no execution, 1 = the one that is looked for, 2 = another one. */
  marks: Uint8Array
  /** The end of the hash of the stored version, eight bytes each; null = not asked for. */
  fingerprints: Buffer | null
}

/** Finds the position of a span by its bytes: open addressing, made once for a structure. */
export interface SpanIndex {
  slots: Int32Array
  /** Some span is there twice: it is stored under two days. */
  repeated: boolean
}

export function indexStructure(structure: Structure): SpanIndex {
  const { count, spanIds, traces } = structure
  let size = 16
  while (size < count * 2) size *= 2
  const slots = new Int32Array(size).fill(-1)
  let repeated = false
  for (let i = 0; i < count; i++) {
    const slot = slotOf(structure, slots, traces[i] as number, spanIds, i * ID_BYTES)
    if (slots[slot] === -1) slots[slot] = i
    else repeated = true
  }
  return { slots, repeated }
}

/** The position of a span, given in hex; −1 = not there. */
export function positionOf(structure: Structure, index: SpanIndex, traceId: string, spanId: string): number {
  const trace = structure.traceIds.indexOf(traceId)
  const id = Buffer.from(spanId, 'hex')
  if (trace === -1 || id.length !== ID_BYTES) return -1
  return positionAt(structure, index, trace, id, 0)
}

/** The position of a span of a trace (its number), whose id stands at `at` in `ids`; −1 = not there. */
export function positionAt(
  structure: Structure,
  index: SpanIndex,
  trace: number,
  ids: Buffer,
  at: number,
): number {
  return index.slots[slotOf(structure, index.slots, trace, ids, at)] as number
}

/** Links every span to its parent within its trace. */
export function linkStructure(structure: Structure, index: SpanIndex): Links {
  const { count, parentIds, traces } = structure
  const parents = new Int32Array(count).fill(-1)
  const orphans = new Uint8Array(count)
  const cycles = new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    const at = i * ID_BYTES
    if (word(parentIds, at) === 0 && word(parentIds, at + 4) === 0) continue
    const parent = positionAt(structure, index, traces[i] as number, parentIds, at)
    if (parent === -1) orphans[i] = 1
    else if (parent === i) cycles[i] = 1
    else parents[i] = parent
  }
  return { parents, orphans, cycles }
}

/** The slot that holds the span, or the free one where it would be. */
function slotOf(structure: Structure, slots: Int32Array, trace: number, ids: Buffer, at: number): number {
  const high = word(ids, at)
  const low = word(ids, at + 4)
  const mask = slots.length - 1
  let hash = Math.imul(high ^ Math.imul(low, 0x9e3779b1) ^ trace, 0x85ebca6b)
  hash ^= hash >>> 15
  for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
    const position = slots[slot] as number
    if (position === -1) return slot
    if (
      structure.traces[position] === trace &&
      word(structure.spanIds, position * ID_BYTES + 4) === low &&
      word(structure.spanIds, position * ID_BYTES) === high
    )
      return slot
  }
}

/** Four bytes as they stand: a buffer's own reading checks its bounds each time, which takes longer than the rest. */
const word = (ids: Buffer, at: number): number =>
  ((ids[at] as number) << 24) |
  ((ids[at + 1] as number) << 16) |
  ((ids[at + 2] as number) << 8) |
  (ids[at + 3] as number)
