import { type Columns, spanKey } from './columns.ts'

/**
 * The rows of the tree, parents before children, as flat arrays: nothing here is recursive and nothing is
 * allocated per row, so 50,000 spans cost some milliseconds. A row is a span, or the grey row that stands for
 * a parent that has not come.
 */
export interface Tree {
  length: number
  /** Index into the columns; -1 = a missing parent. */
  span: Int32Array
  /** 0 = top. */
  level: Int32Array
  /** Row of the parent; -1 = none. */
  parent: Int32Array
  /** The row after the last descendant. */
  end: Int32Array
  /** Place among the siblings from 1, and how many siblings there are. */
  position: Int32Array
  siblings: Int32Array
  keys: string[]
  rowOf: Map<string, number>
  /** Row → id of the span that has not come. */
  missing: Map<number, string>
}

/** Rows from columns in depth-first order. Spans whose parent is missing are grouped by that parent. */
export function buildTree(columns: Columns): Tree {
  const order = arrange(columns)
  const length = order.length
  const tree: Tree = {
    length,
    span: new Int32Array(length),
    level: new Int32Array(length),
    parent: new Int32Array(length).fill(-1),
    end: new Int32Array(length),
    position: new Int32Array(length),
    siblings: new Int32Array(length),
    keys: new Array<string>(length),
    rowOf: new Map(),
    missing: new Map(),
  }
  const open: number[] = []
  const counts: number[] = []
  const close = (level: number, row: number) => {
    while (open.length > level) {
      const closed = open.pop()
      if (closed !== undefined) tree.end[closed] = row
    }
  }
  for (let row = 0; row < length; row++) {
    const item = order[row]
    if (!item) continue
    // A page may begin below its parent: never deeper than one below the row above.
    const level = Math.min(item.level, open.length)
    close(level, row)
    counts.length = level + 1
    counts[level] = (counts[level] ?? 0) + 1
    tree.span[row] = item.index
    tree.level[row] = level
    tree.parent[row] = open[level - 1] ?? -1
    tree.position[row] = counts[level] ?? 1
    const key = item.index < 0 ? `missing:${item.missing}` : spanKey(columns, item.index)
    tree.keys[row] = key
    tree.rowOf.set(key, row)
    if (item.index < 0) tree.missing.set(row, item.missing)
    open.push(row)
  }
  close(0, length)
  countSiblings(tree)
  return tree
}

interface Item {
  index: number
  level: number
  missing: string
}

function arrange(columns: Columns): Item[] {
  const count = columns.span_id.length
  const groups = new Map<string, Item[]>()
  const parts: Item[][] = []
  let part: Item[] = []
  parts.push(part)
  let shift = 0
  for (let index = 0; index < count; index++) {
    const depth = columns.depth[index] ?? 0
    if (depth === 0) {
      const missing = columns.missing_parent[index]
      shift = missing ? 1 : 0
      const group = missing ? groups.get(missing) : undefined
      if (group) part = group
      else {
        part = missing ? [{ index: -1, level: 0, missing }] : []
        if (missing) groups.set(missing, part)
        parts.push(part)
      }
    }
    part.push({ index, level: depth + shift, missing: '' })
  }
  return parts.flat()
}

function countSiblings(tree: Tree): void {
  const last = new Map<number, number>()
  for (let row = 0; row < tree.length; row++) last.set(tree.parent[row] ?? -1, tree.position[row] ?? 1)
  for (let row = 0; row < tree.length; row++) tree.siblings[row] = last.get(tree.parent[row] ?? -1) ?? 1
}

/** Whether the row has children. */
export function hasChildren(tree: Tree, row: number): boolean {
  return (tree.end[row] ?? 0) > row + 1
}

/** The rows from the top down to the row itself. */
export function pathTo(tree: Tree, row: number): number[] {
  const path: number[] = []
  for (let at = row; at >= 0; at = tree.parent[at] ?? -1) path.unshift(at)
  return path
}

/** Rows of a path that are shown at its end when it is too long to be shown whole. */
const PATH_END = 3

/** A path cut to what can be read: its first row, -1 for those that are left out, and its last rows. */
export function shortPath(path: number[]): number[] {
  const [first] = path
  return first === undefined || path.length <= PATH_END + 2 ? path : [first, -1, ...path.slice(-PATH_END)]
}

/** The direct children of a row. */
export function childrenOf(tree: Tree, row: number): number[] {
  const children: number[] = []
  const end = tree.end[row] ?? row + 1
  for (let at = row + 1; at < end; at = tree.end[at] ?? end) children.push(at)
  return children
}
