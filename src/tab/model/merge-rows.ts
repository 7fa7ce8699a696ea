import type { SpansEvent } from '../../http/schemas/live.ts'
import { type Columns, spanKey } from './columns.ts'

/**
 * The columns with rows that the stream brought, at their places in the tree. null = what is here does not fit
 * to what came (rows are missing, or others moved): then the trace must be read anew.
 */
export function mergeRows(columns: Columns, event: SpansEvent): Columns | null {
  const { match: _, ...came } = event.columns
  const changed = new Set(event.rows.map((_row, i) => spanKey(came, i)))
  const added = new Set(came.span_id)
  const kept: number[] = []
  for (let i = 0; i < columns.span_id.length; i++) {
    if (changed.has(spanKey(columns, i))) continue
    const missing = columns.missing_parent[i]
    // A parent that was missing came: its children stand elsewhere now.
    if (missing !== null && missing !== undefined && added.has(missing)) return null
    kept.push(i)
  }
  if (kept.length + event.rows.length !== event.total) return null
  const placeOf = new Map(event.rows.map((row, i) => [row, i]))
  const names = Object.keys(came) as (keyof Columns)[]
  const merged = Object.fromEntries(names.map((name) => [name, new Array(event.total)])) as unknown as Columns
  let next = 0
  for (let row = 0; row < event.total; row++) {
    const at = placeOf.get(row)
    const from = at === undefined ? columns : came
    const index = at ?? kept[next++]
    if (index === undefined) return null
    for (const name of names) (merged[name] as unknown[])[row] = from[name][index]
  }
  return countDescendants(merged) ? merged : null
}

/** Rows that were added below others changed how many those have. False = a row is not below its own parent. */
function countDescendants(columns: Columns): boolean {
  const open: number[] = []
  columns.descendants.fill(0)
  for (let row = 0; row < columns.depth.length; row++) {
    const depth = columns.depth[row] ?? 0
    open.length = Math.min(open.length, depth)
    // a parent that moved took what is below it along, of which nothing was told
    if (depth > 0 && columns.span_id[open.at(-1) ?? -1] !== columns.parent_span_id[row]) return false
    for (const above of open) columns.descendants[above] = (columns.descendants[above] ?? 0) + 1
    open.push(row)
  }
  return true
}
