import type { ExecutionOrder } from './execution-order.ts'
import { PARENT_IS_REMOTE, type RowSpan, type SlimSpan } from './slim-span.ts'

/** One row of an execution's tree with its span. */
export interface TreeRow<S extends RowSpan = SlimSpan> {
  /** Its place in the whole tree, from 0. */
  row: number
  /** Rows of the whole tree. */
  total: number
  depth: number
  /** Rows below it, in the whole tree. */
  descendants: number
  span: S
  /** The execution that begins here; null = the row is the execution's own. */
  subExecution: string | null
  /** The id of the parent that the row waits for; null = it waits for none. */
  missingParent: string | null
}

/** Rows with their spans, of which `spanOf` is asked with the place in `rows`; a row whose span is gone meanwhile is left out. */
export function treeRows<S extends RowSpan>(
  order: ExecutionOrder,
  rows: ArrayLike<number>,
  spanOf: (row: number, place: number) => S | null | undefined,
): TreeRow<S>[] {
  const found: TreeRow<S>[] = []
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place] as number
    const span = spanOf(row, place) ?? null
    if (span === null) continue
    const waits = order.orphans[order.positions[row] as number] === 1 && (span.flags & PARENT_IS_REMOTE) === 0
    found.push({
      row,
      total: order.positions.length,
      depth: order.depths[row] as number,
      descendants: order.descendants[row] as number,
      span,
      subExecution: order.foreign[row] === 1 ? (span.executionId ?? '') : null,
      missingParent: waits ? span.parentSpanId : null,
    })
  }
  return found
}
