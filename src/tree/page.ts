import type { ExecutionTree } from './execution-tree.ts'
import type { SlimSpan } from './slim-span.ts'

/** Levels of its path that a cursor carries. */
const PATH_LEVELS = 32

/** The last row of a page, by its ids, so that rows which sort in before it do not move the next page. */
export interface PagePlace {
  /** Trace and span id of the row. */
  at: [string, string]
  /** The same of its ancestors, the nearest first. */
  path: [string, string][]
}

/** Where row `row` stands. */
export function placeOf(tree: ExecutionTree, row: number): PagePlace {
  const path: [string, string][] = []
  let depth = tree.order.depths[row] as number
  for (let above = row - 1; above >= 0 && depth > 0 && path.length < PATH_LEVELS; above--) {
    if ((tree.order.depths[above] as number) >= depth) continue
    path.push(idOf(tree, above))
    depth = tree.order.depths[above] as number
  }
  return { at: idOf(tree, row), path }
}

/** The row after a place; when its row is gone, the row after its nearest ancestor that is left; else the first. */
export function rowAfter(tree: ExecutionTree, place: PagePlace): number {
  const rows = rowsOf(tree)
  for (const [traceId, spanId] of [place.at, ...place.path]) {
    const row = rows.get(`${traceId}${spanId}`)
    if (row !== undefined) return row + 1
  }
  return 0
}

/** The rows of a span id: span ids may repeat in other traces. In tree order. */
export function rowsOfSpan(tree: ExecutionTree, spanId: string): number[] {
  const rows: number[] = []
  for (let row = 0; row < tree.order.positions.length; row++)
    if (idOf(tree, row)[1] === spanId) rows.push(row)
  return rows
}

const known = new WeakMap<ExecutionTree, Map<string, number>>()

function rowsOf(tree: ExecutionTree): Map<string, number> {
  let rows = known.get(tree)
  if (rows === undefined) {
    rows = new Map()
    for (let row = 0; row < tree.order.positions.length; row++) rows.set(idOf(tree, row).join(''), row)
    known.set(tree, rows)
  }
  return rows
}

function idOf(tree: ExecutionTree, row: number): [string, string] {
  const span = tree.spans[tree.order.positions[row] as number] as SlimSpan
  return [span.traceId, span.spanId]
}
