import { type ExecutionOrder, idOfRow } from './execution-order.ts'
import { PARENT_IS_REMOTE, type SlimSpan } from './slim-span.ts'

/** One row of an execution's tree with its span. */
export interface TreeRow {
  /** Its place in the whole tree, from 0. */
  row: number
  /** Rows of the whole tree. */
  total: number
  depth: number
  /** Rows below it, in the whole tree. */
  descendants: number
  span: SlimSpan
  /** The execution that begins here; null = the row is the execution's own. */
  subExecution: string | null
  /** The id of the parent that the row waits for; null = it waits for none. */
  missingParent: string | null
}

/** Rows with their spans, by `traceId + spanId`; a row whose span is gone meanwhile is left out. */
export function treeRows(
  order: ExecutionOrder,
  rows: Iterable<number>,
  spans: ReadonlyMap<string, SlimSpan>,
): TreeRow[] {
  const found: TreeRow[] = []
  for (const row of rows) {
    const span = spans.get(idOfRow(order, row).join(''))
    if (span === undefined) continue
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
