import { START_BYTES, sortByStart } from './sort.ts'

/**
 * The spans of one or more traces as columns, one entry a span: what the order and the membership of a tree
 * need, and nothing else. Ids are any strings that are equal when the ids are; '' = no parent.
 */
export interface SpanColumns {
  spanIds: readonly string[]
  parentIds: readonly string[]
  /** Which trace, as a small number; equal span ids of different traces are different spans. */
  traces: ArrayLike<number>
  /** Unix nanoseconds as sent. */
  starts: ArrayLike<bigint>
}

/** Parents by position, with what is odd about each span. */
export interface Forest {
  count: number
  /** Position of the parent; −1 = none here. */
  parents: Int32Array
  /** 1 = it names a parent that is not among the spans. */
  orphans: Uint8Array
  /** 1 = the parent link was cut here, because following it would come back. */
  cycles: Uint8Array
  /** Positions in the order of start, trace, span id. */
  sorted: Int32Array
}

/** Who is whose parent, before cycles are cut. */
export interface Links {
  /** Position of the parent; −1 = none here. */
  parents: Int32Array
  orphans: Uint8Array
  /** 1 = it names itself. */
  cycles: Uint8Array
}

/** Links every span to its parent. A cycle is cut at its earliest span; linear. */
export function buildForest(columns: SpanColumns): Forest {
  const starts = Buffer.alloc(columns.spanIds.length * START_BYTES)
  for (let i = 0; i < columns.spanIds.length; i++) {
    starts.writeBigUInt64BE(BigInt.asUintN(64, columns.starts[i] as bigint), i * START_BYTES)
  }
  const { traces, spanIds } = columns
  const sorted = sortByStart(starts, (a, b) => {
    if (traces[a] !== traces[b]) return (traces[a] as number) - (traces[b] as number)
    const idA = spanIds[a] as string
    const idB = spanIds[b] as string
    return idA < idB ? -1 : idA > idB ? 1 : 0
  })
  return growForest(linkSpans(columns), sorted)
}

/** A forest of links; `sorted` = positions in the order of start, trace, span id. */
export function growForest({ parents, orphans, cycles }: Links, sorted: Int32Array): Forest {
  cutCycles(parents, cycles, sorted)
  return { count: parents.length, parents, orphans, cycles, sorted }
}

function linkSpans(columns: SpanColumns): Links {
  const count = columns.spanIds.length
  const positions = indexSpans(columns)
  const parents = new Int32Array(count).fill(-1)
  const orphans = new Uint8Array(count)
  const cycles = new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    const parentId = columns.parentIds[i] as string
    if (parentId === '') continue
    const parent = positions.get(columns.traces[i] as number)?.get(parentId)
    if (parent === undefined) orphans[i] = 1
    else if (parent === i) cycles[i] = 1
    else parents[i] = parent
  }
  return { parents, orphans, cycles }
}

function indexSpans(columns: SpanColumns): Map<number, Map<string, number>> {
  const traces = new Map<number, Map<string, number>>()
  for (let i = 0; i < columns.spanIds.length; i++) {
    const trace = columns.traces[i] as number
    let spans = traces.get(trace)
    if (spans === undefined) traces.set(trace, (spans = new Map()))
    spans.set(columns.spanIds[i] as string, i)
  }
  return traces
}

/** Walks up from every span once; meeting the walk's own steps means a cycle, cut at its earliest span. */
function cutCycles(parents: Int32Array, cycles: Uint8Array, sorted: Int32Array): void {
  const walks = new Int32Array(parents.length)
  let walk = 0
  let ranks: Int32Array | null = null
  for (const start of sorted) {
    walk += 1
    let at = start
    while (at !== -1 && walks[at] === 0) {
      walks[at] = walk
      at = parents[at] as number
    }
    // `start` is the earliest span that reaches this cycle, but perhaps not part of it
    if (at === -1 || walks[at] !== walk) continue
    ranks ??= ranksOf(sorted)
    const cut = earliestOfCycle(parents, ranks, at)
    cycles[cut] = 1
    parents[cut] = -1
  }
}

function ranksOf(sorted: Int32Array): Int32Array {
  const ranks = new Int32Array(sorted.length)
  for (let rank = 0; rank < sorted.length; rank++) ranks[sorted[rank] as number] = rank
  return ranks
}

function earliestOfCycle(parents: Int32Array, ranks: Int32Array, member: number): number {
  let earliest = member
  for (let at = parents[member] as number; at !== member; at = parents[at] as number) {
    if ((ranks[at] as number) < (ranks[earliest] as number)) earliest = at
  }
  return earliest
}
