import { useCallback, useMemo, useState } from 'preact/hooks'
import type { Columns } from '../model/columns.ts'
import type { KindGroup } from '../model/kinds.ts'
import { buildTree, hasChildren, pathTo, type Tree } from '../model/tree.ts'
import { filterRows, type Matches, searchRows, visibleRows } from '../model/visible.ts'

/** What the reader made of the tree: what is folded, sought, filtered, and where the focus is. */
export interface TreeView {
  columns: Columns
  tree: Tree
  /** Rows of the tree that are shown, ascending. */
  rows: Int32Array
  collapsed: ReadonlySet<string>
  query: string
  setQuery: (query: string) => void
  matches: Matches
  kinds: ReadonlySet<KindGroup>
  toggleKind: (kind: KindGroup) => void
  errorsOnly: boolean
  setErrorsOnly: (on: boolean) => void
  clearFilter: () => void
  expand: (row: number) => void
  collapse: (row: number) => void
  expandMany: (rows: number[]) => void
  collapseMany: (rows: number[]) => void
  expandAll: () => void
  collapseAll: () => void
  /** Unfolds what hides a row, and drops a filter that leaves it out. */
  reveal: (row: number) => void
}

const noKinds: ReadonlySet<KindGroup> = new Set()

export function useTreeView(columns: Columns): TreeView {
  const tree = useMemo(() => buildTree(columns), [columns])
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set())
  const [query, setQuery] = useState('')
  const [kinds, setKinds] = useState(noKinds)
  const [errorsOnly, setErrorsOnly] = useState(false)
  const matches = useMemo(() => searchRows(tree, columns, query), [tree, columns, query])
  const filter = useMemo(
    () => filterRows(tree, columns, { query: '', kinds, errorsOnly }),
    [tree, columns, kinds, errorsOnly],
  )
  const rows = useMemo(() => visibleRows(tree, collapsed, filter), [tree, collapsed, filter])

  const change = useCallback(
    (list: number[], shut: boolean) => {
      setCollapsed((before) => {
        const after = new Set(before)
        for (const row of list) {
          const key = tree.keys[row]
          if (key === undefined || !hasChildren(tree, row)) continue
          if (shut) after.add(key)
          else after.delete(key)
        }
        return after
      })
    },
    [tree],
  )
  return {
    columns,
    tree,
    rows,
    collapsed,
    query,
    setQuery,
    matches,
    kinds,
    toggleKind: (kind) =>
      setKinds((before) => {
        const after = new Set(before)
        if (!after.delete(kind)) after.add(kind)
        return after
      }),
    errorsOnly,
    setErrorsOnly,
    clearFilter: () => {
      setKinds(noKinds)
      setErrorsOnly(false)
    },
    expand: (row) => change([row], false),
    collapse: (row) => change([row], true),
    expandMany: (list) => change(list, false),
    collapseMany: (list) => change(list, true),
    expandAll: () => setCollapsed(new Set()),
    collapseAll: () =>
      change(
        Array.from({ length: tree.length }, (_, row) => row),
        true,
      ),
    reveal: (row) => {
      change(pathTo(tree, row).slice(0, -1), false)
      if (filter && !filter.hits[row]) {
        setKinds(noKinds)
        setErrorsOnly(false)
      }
    },
  }
}
