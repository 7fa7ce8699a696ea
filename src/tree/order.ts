import type { Forest } from './forest.ts'
import { ascending } from './sort.ts'

/** Rows of a tree in depth-first order: positions of spans, with their depth and the size of their subtree. */
export interface TreeOrder {
  positions: Int32Array
  depths: Int32Array
  /** Rows below a row, in the whole tree. */
  descendants: Int32Array
}

/**
 * Depth-first order of the spans for which `included` holds; children by start, trace id, span id. A span whose
 * parent is not included is a root. Iterative: depth is bounded by nothing but the input.
 */
export function depthFirst(forest: Forest, included: (position: number) => boolean): TreeOrder {
  const { count, sorted } = forest
  const member = new Uint8Array(count)
  let rows = 0
  for (let i = 0; i < count; i++) {
    if (!included(i)) continue
    member[i] = 1
    rows += 1
  }
  // children as linked lists, filled from the latest to the earliest, so that each list comes out in order
  const firstChild = new Int32Array(count).fill(-1)
  const nextSibling = new Int32Array(count).fill(-1)
  let firstRoot = -1
  for (let s = count - 1; s >= 0; s--) {
    const position = sorted[s] as number
    if (member[position] === 0) continue
    const parent = forest.parents[position] as number
    if (parent === -1 || member[parent] === 0) {
      nextSibling[position] = firstRoot
      firstRoot = position
    } else {
      nextSibling[position] = firstChild[parent] as number
      firstChild[parent] = position
    }
  }
  return walk(rows, firstRoot, firstChild, nextSibling)
}

/** The rows of an execution: its own spans, and those directly below them, which begin other executions. */
export function memberOrder(forest: Forest, own: (position: number) => boolean): TreeOrder {
  return depthFirst(forest, (position) => {
    if (own(position)) return true
    const parent = forest.parents[position] as number
    return parent !== -1 && own(parent)
  })
}

function walk(rows: number, firstRoot: number, firstChild: Int32Array, nextSibling: Int32Array): TreeOrder {
  const positions = new Int32Array(rows)
  const depths = new Int32Array(rows)
  const descendants = new Int32Array(rows)
  const openRows: number[] = []
  const pending: number[] = []
  let at = firstRoot
  let row = 0
  while (at !== -1 || pending.length > 0) {
    if (at === -1) {
      at = nextSibling[pending.pop() as number] as number
      const closed = openRows.pop() as number
      descendants[closed] = row - closed - 1
      continue
    }
    positions[row] = at
    depths[row] = pending.length
    openRows.push(row)
    pending.push(at)
    row += 1
    at = firstChild[at] as number
  }
  return { positions, depths, descendants }
}

/** The first `most` rows nearest the roots, as a set closed under ancestors: breadth-first, then in tree order. */
export function nearestRoots(order: TreeOrder, most: number): Int32Array {
  const rows = order.positions.length
  const all = ascending(rows)
  if (rows <= most) return all
  // stable sort by depth keeps the tree order within a level
  return all
    .sort((a, b) => (order.depths[a] as number) - (order.depths[b] as number) || a - b)
    .slice(0, most)
    .sort()
}
