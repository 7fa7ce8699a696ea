import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Columns } from '../model/columns.ts'
import type { KindGroup } from '../model/kinds.ts'
import { buildTree, hasChildren, pathTo, type Tree } from '../model/tree.ts'
import { filterRows, type Matches, markedRows, searchRows, visibleRows } from '../model/visible.ts'
import { useTab } from './tab-context.ts'

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

/** Milliseconds after the last letter when the address takes the text that is sought. */
const SETTLE = 400

/**
 * The tree of the columns. `found` says which rows the service found, when it was the service that searched:
 * then nothing is searched or left out here. `said` are the spans whose messages hold the text.
 */
export function useTreeView(
  columns: Columns,
  found: readonly boolean[] | null,
  said: ReadonlySet<string> | null,
): TreeView {
  const { place, go } = useTab()
  const tree = useMemo(() => buildTree(columns), [columns])
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set())
  const [query, setQuery] = useQuery()
  const kinds = useMemo(() => new Set(place.kinds as KindGroup[]), [place.kinds])
  const errorsOnly = place.errors
  const matches = useMemo(
    () => (found ? (query === '' ? null : markedRows(tree, found)) : searchRows(tree, columns, query, said)),
    [tree, columns, query, found, said],
  )
  const filter = useMemo(
    () => (found ? null : filterRows(tree, columns, { query: '', kinds, errorsOnly })),
    [tree, columns, kinds, errorsOnly, found],
  )
  const rows = useMemo(() => visibleRows(tree, collapsed, filter), [tree, collapsed, filter])

  const change = useCallback(
    (list: number[], shut: boolean) => {
      setCollapsed((before) => {
        const keys = list
          .filter((row) => hasChildren(tree, row))
          .map((row) => tree.keys[row])
          .filter((key) => key !== undefined && before.has(key) !== shut) as string[]
        // Nothing to do is nothing to render: the rows of a large tree are costly.
        if (keys.length === 0) return before
        const after = new Set(before)
        for (const key of keys) {
          if (shut) after.add(key)
          else after.delete(key)
        }
        return after
      })
    },
    [tree],
  )
  const clearFilter = () => go({ kinds: [], errors: false }, { replace: true })
  return {
    columns,
    tree,
    rows,
    collapsed,
    query,
    setQuery,
    matches,
    kinds,
    toggleKind: (kind) => {
      const after = new Set(kinds)
      if (!after.delete(kind)) after.add(kind)
      go({ kinds: [...after] }, { replace: true })
    },
    errorsOnly,
    setErrorsOnly: (on) => go({ errors: on }, { replace: true }),
    clearFilter,
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
      if (filter && !filter.hits[row]) clearFilter()
    },
  }
}

/** The text that is sought: at once in the field, a moment later in the address. */
function useQuery(): [string, (query: string) => void] {
  const { place, go } = useTab()
  const [query, setQuery] = useState(place.query)
  const told = useRef(place.query)
  const timer = useRef(0)
  useEffect(() => () => clearTimeout(timer.current), [])
  useEffect(() => {
    // Back, or another execution: the address leads.
    if (place.query !== told.current) setQuery(place.query)
    told.current = place.query
  }, [place.query])
  return [
    query,
    (next) => {
      setQuery(next)
      clearTimeout(timer.current)
      timer.current = window.setTimeout(() => {
        told.current = next
        go({ query: next }, { replace: true })
      }, SETTLE)
    },
  ]
}
