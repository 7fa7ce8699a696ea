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
 * Depth-first order of some positions, which come in the order of the forest; children by start, trace id, span id. A span
 * whose parent is not among them is a root. `places` holds −1 for every position of the forest, and does so again
 * afterwards. Iterative, and linear in the positions: depth is bounded by nothing but the input.
 */
export function depthFirst({ parents }: Forest, members: Int32Array, places: Int32Array): TreeOrder {
  const rows = members.length
  for (let i = 0; i < rows; i++) places[members[i] as number] = i
  // children as linked lists, filled from the latest to the earliest, so that each list comes out in order
  const firstChild = new Int32Array(rows).fill(-1)
  const nextSibling = new Int32Array(rows).fill(-1)
  let firstRoot = -1
  for (let i = rows - 1; i >= 0; i--) {
    const up = parents[members[i] as number] as number
    const parent = up === -1 ? -1 : (places[up] as number)
    if (parent === -1) {
      nextSibling[i] = firstRoot
      firstRoot = i
    } else {
      nextSibling[i] = firstChild[parent] as number
      firstChild[parent] = i
    }
  }
  for (let i = 0; i < rows; i++) places[members[i] as number] = -1
  const order = walk(rows, firstRoot, firstChild, nextSibling)
  for (let row = 0; row < rows; row++) {
    order.positions[row] = members[order.positions[row] as number] as number
  }
  return order
}

/** The rows of an execution: its own spans, and those directly below them, which begin other executions. */
export function memberOrder(forest: Forest, own: (position: number) => boolean): TreeOrder {
  const { count, parents, sorted } = forest
  const members = sorted.filter((position) => {
    const parent = parents[position] as number
    return own(position) || (parent !== -1 && own(parent))
  })
  return depthFirst(forest, members, new Int32Array(count).fill(-1))
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
