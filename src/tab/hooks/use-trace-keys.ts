import { childrenOf, hasChildren, type Tree } from '../model/tree.ts'
import { placeOf } from '../model/visible.ts'
import type { TreeView } from './use-tree-view.ts'

/** What the keys of the tree can do beyond the tree itself. */
export interface TreeActions {
  /** Moves the focus to a row of the tree, scrolled into view. */
  focus: (row: number) => void
  select: (row: number) => void
  openDetail: (row: number) => void
  /** Rows that fit on a page. */
  page: number
}

/**
 * Keys of a focused row, after the pattern for tree grids: arrows move, expand and collapse. True when the
 * key was used.
 */
export function treeKey(event: KeyboardEvent, row: number, view: TreeView, actions: TreeActions): boolean {
  const { tree, rows } = view
  const place = placeOf(rows, row)
  const to = (target: number) => {
    const at = rows[Math.max(0, Math.min(rows.length - 1, target))]
    if (at !== undefined) actions.focus(at)
    return true
  }
  const isOpen =
    hasChildren(tree, row) && rows[place + 1] !== undefined && tree.parent[rows[place + 1] ?? 0] === row
  switch (event.key) {
    case 'ArrowDown':
      return to(place + 1)
    case 'ArrowUp':
      return to(place - 1)
    case 'Home':
      return to(0)
    case 'End':
      return to(rows.length - 1)
    case 'PageDown':
      return to(place + actions.page)
    case 'PageUp':
      return to(place - actions.page)
    case 'ArrowRight':
      if (event.shiftKey) view.expandMany(subtree(tree, row))
      else if (hasChildren(tree, row) && !isOpen) view.expand(row)
      else if (isOpen) return to(place + 1)
      return true
    case 'ArrowLeft': {
      const parent = tree.parent[row] ?? -1
      if (event.shiftKey) view.collapseMany(subtree(tree, row))
      else if (isOpen) view.collapse(row)
      else if (parent >= 0) actions.focus(parent)
      return true
    }
    case '*':
      view.expandMany(siblings(tree, row))
      return true
    case ' ':
      actions.select(row)
      return true
    case 'Enter':
      actions.openDetail(row)
      return true
    default:
      return false
  }
}

function subtree(tree: Tree, row: number): number[] {
  return Array.from({ length: (tree.end[row] ?? row + 1) - row }, (_, i) => row + i)
}

function siblings(tree: Tree, row: number): number[] {
  const parent = tree.parent[row] ?? -1
  if (parent >= 0) return childrenOf(tree, parent)
  const tops: number[] = []
  for (let at = 0; at < tree.length; at = tree.end[at] ?? tree.length) tops.push(at)
  return tops
}

/** The next row after (or before) `row` for which `wanted` holds, around the end; -1 = none. */
export function nextRow(
  tree: Tree,
  row: number,
  by: 1 | -1,
  wanted: (index: number, row: number) => boolean,
): number {
  for (let step = 1; step <= tree.length; step++) {
    const at = (((row + by * step) % tree.length) + tree.length) % tree.length
    const index = tree.span[at] ?? -1
    if (index >= 0 && wanted(index, at)) return at
  }
  return -1
}
