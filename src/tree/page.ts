import { type ExecutionOrder, idOfRow, parentRow, rowOfId } from './execution-order.ts'

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
export function placeOf(order: ExecutionOrder, row: number): PagePlace {
  const path: [string, string][] = []
  for (let above = parentRow(order, row); above !== -1 && path.length < PATH_LEVELS; ) {
    path.push(idOfRow(order, above))
    above = parentRow(order, above)
  }
  return { at: idOfRow(order, row), path }
}

/** The row after a place; when its row is gone, the row after its nearest ancestor that is left; else the first. */
export function rowAfter(order: ExecutionOrder, place: PagePlace): number {
  for (const [traceId, spanId] of [place.at, ...place.path]) {
    const row = rowOfId(order, traceId, spanId)
    if (row !== -1) return row + 1
  }
  return 0
}
