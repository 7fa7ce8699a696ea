import { useCallback, useState } from 'preact/hooks'
import { parseKey } from '../model/columns.ts'
import type { Tree } from '../model/tree.ts'
import { useTab } from './tab-context.ts'

export interface Selection {
  /** Row of the selected span; -1 = none. */
  selected: number
  /** Row of the span that the address names; undefined = it names none, or it is not here. */
  asked: number | undefined
  /** The detail is shown. */
  open: boolean
  select: (row: number, options?: { replace?: boolean }) => void
  close: () => void
}

/** Which span is selected: the address's, and on the wide time line the first one when it names none. */
export function useSelection(tree: Tree): Selection {
  const { place, go, narrow } = useTab()
  const [closed, setClosed] = useState(false)
  const asked = place.span === null ? undefined : findRow(tree.rowOf, place.span)
  const none = narrow || place.span !== null || place.view !== 'timeline'
  const first = none ? -1 : tree.span.findIndex((index) => index >= 0)
  const selected = asked ?? first
  const hasPane = place.view !== 'metrics' && place.view !== 'compare'
  const select = useCallback(
    (row: number, options: { replace?: boolean } = {}) => {
      const key = tree.keys[row]
      if (key === undefined || (tree.span[row] ?? -1) < 0) return
      setClosed(false)
      go({ span: key }, { replace: options.replace ?? !narrow })
    },
    [tree, go, narrow],
  )
  const close = () => {
    if (narrow && place.span !== null) {
      if (history.state?.within) history.back()
      else go({ span: null }, { replace: true })
      return
    }
    if (place.view === 'timeline') setClosed(true)
    else go({ span: null }, { replace: true })
  }
  return { selected, asked, open: hasPane && selected >= 0 && !closed, select, close }
}

/** The row of a key; a bare span id finds its span in whatever trace of the execution it is. */
function findRow(rowOf: Map<string, number>, key: string): number | undefined {
  return rowOf.get(key) ?? rowOf.get(parseKey(key).spanId)
}
