import type { Static } from 'typebox'
import type { ExecutionRows } from '../../http/schemas/executions.ts'

/** A part of the list of a workflow's executions, the newest first. */
export type Executions = Static<typeof ExecutionRows>
export type ExecutionRow = Executions[number]

/**
 * The first page as it is now, then what came after its last row: one that is missing in it has gone, or is of another
 * status. By place, not by time: an execution without a start stands last, and says when it was heard of.
 */
export function renew(before: Executions, page: Executions): Executions {
  const places = new Map(before.map((row, place) => [rowKey(row), place]))
  const last = [...page].reverse().find((row) => places.has(rowKey(row)))
  return join(page, last ? before.slice((places.get(rowKey(last)) ?? 0) + 1) : before)
}

/** The rows, then those of the next page that are not among them. */
export function join(rows: Executions, next: Executions): Executions {
  const known = new Set(rows.map(rowKey))
  return [...rows, ...next.filter((row) => !known.has(rowKey(row)))]
}

/** Tells executions of one id apart. */
export function rowKey(row: ExecutionRow): string {
  return `${row.realm}\n${row.execution_id}`
}
