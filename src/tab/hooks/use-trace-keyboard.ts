import type { RefObject } from 'preact'
import { pan, spanWindow } from '../model/timeline.ts'
import { isOrigin } from '../model/visible.ts'
import type { TreeGridHandle } from '../views/tree-grid.tsx'
import { isTyping } from './is-typing.ts'
import { useTab } from './tab-context.ts'
import { focusNextPane, runShortcut } from './trace-shortcuts.ts'
import type { Selection } from './use-selection.ts'
import { nextRow } from './use-trace-keys.ts'
import type { TreeView } from './use-tree-view.ts'
import type { Zoom } from './use-zoom.ts'

interface Options {
  root: RefObject<HTMLElement | null>
  grid: RefObject<TreeGridHandle | null>
  view: TreeView
  selection: Selection
  zoom: Zoom
  now: number
  /** Goes to a newer (-1) or older (1) execution. */
  step: (by: number) => void
  follow: () => void
}

/** Jumps through the trace, and what its letters do. */
export function useTraceKeyboard(options: Options) {
  const { root, grid, view, selection, zoom, now, step, follow } = options
  const { place, go, letters, copyLink } = useTab()
  const { tree, columns } = view
  const { extent, window, zoomed } = zoom
  const { selected } = selection
  const focused = () => grid.current?.focused() ?? selected

  const jump = (by: 1 | -1, wanted: (index: number, row: number) => boolean, stay = false) => {
    const row = nextRow(tree, focused(), by, wanted)
    if (row < 0) return
    view.reveal(row)
    grid.current?.focus(row, stay)
    selection.select(row, { replace: true })
  }
  // the next Enter is for the next match: the keyboard stays in the search
  const nextMatch = (by: 1 | -1) => jump(by, (_, row) => view.matches?.hits[row] === 1, true)
  const nextError = (by: 1 | -1) => jump(by, (_, row) => isOrigin(tree, columns, row))
  const nextModelCall = (by: 1 | -1) => jump(by, (index) => columns.kind[index] === 'llm')

  const leave = (event: KeyboardEvent) => {
    if (selection.open && !isTyping(event)) {
      selection.close()
      grid.current?.focus(focused())
      return
    }
    if (view.query) view.setQuery('')
    else if (zoomed) zoom.zoomTo(null)
    if (isTyping(event)) grid.current?.focus(focused())
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'F6') {
      event.preventDefault()
      focusNextPane(root.current, event.shiftKey)
      return
    }
    if (event.key === 'Escape') return leave(event)
    if (isTyping(event) || !letters) return
    const used = runShortcut(event.key, {
      search: () => root.current?.querySelector<HTMLInputElement>('.toolbar input')?.focus(),
      nextError,
      nextModelCall,
      criticalPath: () => go({ critical: !place.critical }, { replace: true }),
      zoomBy: zoom.zoomBy,
      zoomFit: () => zoom.zoomTo(null),
      zoomToSpan: () => zoom.zoomTo(spanWindow(tree, columns, focused(), now)),
      pan: (part) => zoom.zoomTo(pan(window, part, extent)),
      step,
      metrics: () => {
        go({ view: place.view === 'metrics' ? 'timeline' : 'metrics' })
        // what had the focus is gone with the view
        setTimeout(() => root.current?.querySelector<HTMLElement>('.views [tabindex="0"]')?.focus())
      },
      follow,
      copyLink,
    })
    if (used) event.preventDefault()
  }
  return { onKeyDown, nextMatch, nextError }
}
