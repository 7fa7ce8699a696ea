import type { ExecutionKey } from './execution-tree.ts'
import { resolveExecutions, UNNAMED } from './executions.ts'
import { growForest } from './forest.ts'
import { memberOrder, type TreeOrder } from './order.ts'
import { sortByStart } from './sort.ts'
import {
  ID_BYTES,
  indexStructure,
  linkStructure,
  positionOf,
  type SpanIndex,
  type Structure,
} from './structure.ts'

/**
 * The rows of an execution in tree order, without the spans themselves: what finds a page. The same order as
 * `buildExecutionTree` gives, from bytes instead of spans.
 */
export interface ExecutionOrder extends TreeOrder {
  key: ExecutionKey
  structure: Structure
  index: SpanIndex
  /** Position of each position's parent; −1 = none here. */
  parents: Int32Array
  /** 1 = the position names a parent that is not there. */
  orphans: Uint8Array
  /** Row by row: 1 = the root of another execution. */
  foreign: Uint8Array
  /** Position → row; −1 = not of this execution. */
  rowOf: Int32Array
}

/** `structure` must hold every span once (`indexStructure` says which do not). */
export function buildOrder(key: ExecutionKey, structure: Structure): ExecutionOrder {
  const index = indexStructure(structure)
  const { traces, spanIds, starts, marks, count } = structure
  const sorted = sortByStart(
    starts,
    (a, b) =>
      (traces[a] as number) - (traces[b] as number) ||
      spanIds.compare(spanIds, b * ID_BYTES, (b + 1) * ID_BYTES, a * ID_BYTES, (a + 1) * ID_BYTES),
  )
  const forest = growForest(linkStructure(structure, index), sorted)
  const named = new Int32Array(count)
  for (let i = 0; i < count; i++) named[i] = marks[i] === 0 ? UNNAMED : (marks[i] as number) - 1
  const executions = resolveExecutions(forest, named, traces)
  const self = key.fallback ? UNNAMED : 0
  const own = (position: number) => executions[position] === self
  const order = memberOrder(forest, own)
  const rowOf = new Int32Array(count).fill(-1)
  const foreign = new Uint8Array(order.positions.length)
  for (let row = 0; row < order.positions.length; row++) {
    const position = order.positions[row] as number
    rowOf[position] = row
    if (!own(position)) foreign[row] = 1
  }
  return { ...order, key, structure, index, parents: forest.parents, orphans: forest.orphans, foreign, rowOf }
}

/** Trace and span id of a row, in hex. */
export function idOfRow(order: ExecutionOrder, row: number): [traceId: string, spanId: string] {
  const position = order.positions[row] as number
  const { traceIds, traces, spanIds } = order.structure
  const at = position * ID_BYTES
  return [traceIds[traces[position] as number] as string, spanIds.toString('hex', at, at + ID_BYTES)]
}

/** The row of a span; −1 = none. */
export function rowOfId(order: ExecutionOrder, traceId: string, spanId: string): number {
  const position = positionOf(order.structure, order.index, traceId, spanId)
  return position === -1 ? -1 : (order.rowOf[position] as number)
}

/** The rows of a span id in every trace, in tree order: span ids may repeat. */
export function rowsOfId(order: ExecutionOrder, spanId: string, traceId?: string): number[] {
  const traces = traceId === undefined ? order.structure.traceIds : [traceId]
  return traces
    .map((trace) => rowOfId(order, trace, spanId))
    .filter((row) => row !== -1)
    .sort((a, b) => a - b)
}

/** The row above a row; −1 = it is a root. */
export function parentRow(order: ExecutionOrder, row: number): number {
  if (order.depths[row] === 0) return -1
  return order.rowOf[order.parents[order.positions[row] as number] as number] as number
}
