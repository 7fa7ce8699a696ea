import { type ExecutionOrder, parentRow } from './execution-order.ts'
import { ascending } from './sort.ts'

/** Rows of the whole tree, ascending. */
export type Rows = Int32Array

/** The rows of a subtree (`root` = its row; −1 = the whole tree), down to `depth` levels below its root. */
export function subtreeRows(order: ExecutionOrder, root: number, depth: number | null): Rows {
  if (root === -1 && depth === null) return ascending(order.positions.length)
  const from = root === -1 ? 0 : root
  const to = root === -1 ? order.positions.length : root + (order.descendants[root] as number) + 1
  const deepest =
    depth === null ? Number.POSITIVE_INFINITY : depth + (root === -1 ? 0 : (order.depths[root] as number))
  const rows: number[] = []
  for (let row = from; row < to; row++) if ((order.depths[row] as number) <= deepest) rows.push(row)
  return Int32Array.from(rows)
}

/** Of `within`, the rows in `matches` and their ancestors. */
export function withAncestors(order: ExecutionOrder, within: Rows, matches: ReadonlySet<number>): Rows {
  const kept = new Uint8Array(order.positions.length)
  for (const match of matches) {
    for (let row = match; row !== -1 && kept[row] === 0; row = parentRow(order, row)) kept[row] = 1
  }
  return within.filter((row) => kept[row] === 1)
}

/**
 * The neighbourhood of a row: its nearest ancestors, the siblings before and after it, its first children; a
 * quarter of `most` of each at most, so that one answer holds them whatever the size of the trace, and
 * the row itself however small `most` is.
 */
export function rowsAround(order: ExecutionOrder, row: number, most: number): Rows {
  const share = most >> 2
  const parent = parentRow(order, row)
  const siblings = childRows(order, parent)
  const at = siblings.indexOf(row)
  const rows = new Set(siblings.slice(Math.max(0, at - (share >> 1)), at + (share >> 1) + 1))
  for (const child of childRows(order, row).slice(0, share)) rows.add(child)
  let ancestors = 0
  for (let above = parent; above !== -1 && ancestors < share; above = parentRow(order, above)) {
    rows.add(above)
    ancestors += 1
  }
  return Int32Array.from(rows).sort()
}

/** Where in `rows` the first row at or after `row` is. */
export function indexAt(rows: Rows, row: number): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rows[middle] as number) < row) low = middle + 1
    else high = middle
  }
  return low
}

/** The rows directly below a row (−1 = the roots). */
function childRows(order: ExecutionOrder, parent: number): number[] {
  const to = parent === -1 ? order.positions.length : parent + (order.descendants[parent] as number) + 1
  const rows: number[] = []
  for (let row = parent + 1; row < to; row += (order.descendants[row] as number) + 1) rows.push(row)
  return rows
}
