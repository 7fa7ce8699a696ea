import type { Columns } from './columns.ts'
import { type KindGroup, kindGroup } from './kinds.ts'
import { hasChildren, type Tree } from './tree.ts'

/** What the reader narrows the tree to. */
export interface Filter {
  query: string
  /** Empty = all. */
  kinds: ReadonlySet<KindGroup>
  errorsOnly: boolean
}

/** One byte a row: 1 = the row itself matches. null = nothing is asked, every row is wanted. */
export type Matches = { hits: Uint8Array; count: number } | null

/**
 * Rows that match the text. Names, models and node ids are searched, case does not matter; `said` names the
 * rows whose messages hold it.
 */
export function searchRows(
  tree: Tree,
  columns: Columns,
  query: string,
  said: ReadonlySet<string> | null = null,
): Matches {
  const wanted = query.trim().toLowerCase()
  if (wanted === '') return null
  return collect(tree, (index, row) => {
    if (said?.has(tree.keys[row] ?? '')) return true
    const text = `${columns.title[index] ?? ''}\n${columns.name[index]}\n${columns.model[index] ?? ''}\n${columns.node_id[index] ?? ''}`
    return text.toLowerCase().includes(wanted) || columns.span_id[index] === wanted
  })
}

/** Rows that the service found: `found` has one entry an index of the columns. */
export function markedRows(tree: Tree, found: readonly boolean[]): Matches {
  return collect(tree, (index) => found[index] === true)
}

/** Rows of the kinds and states asked for. */
export function filterRows(tree: Tree, columns: Columns, filter: Filter): Matches {
  if (filter.kinds.size === 0 && !filter.errorsOnly) return null
  return collect(tree, (index, row) => {
    if (filter.errorsOnly && !isOrigin(tree, columns, row)) return false
    const kind = columns.kind[index]
    return filter.kinds.size === 0 || (kind !== undefined && filter.kinds.has(kindGroup(kind)))
  })
}

/** Whether a failure began in this row: an error that its ancestors repeat is one, as in the totals of the service. */
export function isOrigin({ span, end }: Tree, { state }: Columns, row: number): boolean {
  const failed = (at: number) => state[span[at] ?? -1] === 'error'
  if (!failed(row)) return false
  const last = end[row] ?? 0
  for (let below = row + 1; below < last; below++) if (failed(below)) return false
  return true
}

function collect(tree: Tree, matches: (index: number, row: number) => boolean): Matches {
  const hits = new Uint8Array(tree.length)
  let count = 0
  for (let row = 0; row < tree.length; row++) {
    const index = tree.span[row] ?? -1
    if (index < 0 || !matches(index, row)) continue
    hits[row] = 1
    count += 1
  }
  return { hits, count }
}

/** The rows to show: below no collapsed row, and with a filter only matches and their ancestors. */
export function visibleRows(tree: Tree, collapsed: ReadonlySet<string>, filter: Matches): Int32Array {
  const keep = filter ? withAncestors(tree, filter.hits) : null
  const rows = new Int32Array(tree.length)
  let count = 0
  for (let row = 0; row < tree.length; ) {
    if (keep && !keep[row]) {
      row = tree.end[row] ?? row + 1
      continue
    }
    rows[count++] = row
    const shut = collapsed.size > 0 && hasChildren(tree, row) && collapsed.has(tree.keys[row] ?? '')
    row = shut ? (tree.end[row] ?? row + 1) : row + 1
  }
  return rows.slice(0, count)
}

function withAncestors(tree: Tree, hits: Uint8Array): Uint8Array {
  const keep = new Uint8Array(hits)
  for (let row = tree.length - 1; row >= 0; row--) {
    const parent = tree.parent[row] ?? -1
    if (keep[row] && parent >= 0) keep[parent] = 1
  }
  return keep
}

/** Place of a row among the visible ones (they ascend); -1 = it is not visible. */
export function placeOf(rows: Int32Array, row: number): number {
  let low = 0
  let high = rows.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const at = rows[middle] ?? 0
    if (at === row) return middle
    if (at < row) low = middle + 1
    else high = middle - 1
  }
  return -1
}
