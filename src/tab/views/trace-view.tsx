import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Summary } from '../../http/schemas/trace.ts'
import type { Loaded } from '../api/load-trace.ts'
import { SpanPane } from '../detail/span-pane.tsx'
import { isTyping } from '../hooks/is-typing.ts'
import { useTab } from '../hooks/tab-context.ts'
import { focusNextPane, runShortcut } from '../hooks/trace-shortcuts.ts'
import { useNow } from '../hooks/use-now.ts'
import { nextRow } from '../hooks/use-trace-keys.ts'
import { useTreeView } from '../hooks/use-tree-view.ts'
import { parseKey } from '../model/columns.ts'
import { extentOf, pan, spanWindow, type Window, zoom } from '../model/timeline.ts'
import { Minimap } from './minimap.tsx'
import { Notices } from './notices.tsx'
import { Splitter } from './splitter.tsx'
import { SummaryStrip } from './summary-strip.tsx'
import { Toolbar } from './toolbar.tsx'
import { TreeGrid, type TreeGridHandle } from './tree-grid.tsx'

/** Fewer spans than this need no overview. */
const MINIMAP_FROM = 20

interface Props {
  loaded: Loaded
  summary: Summary | null
  staleSince: number | null
  loadMore: () => void
  /** Goes to a newer (-1) or older (1) execution. */
  step: (by: number) => void
}

/** The trace of an execution: summary, overview of the time, the tree, and the selected span. */
export function TraceView({ loaded, summary, staleSince, loadMore, step }: Props) {
  const { place, go, narrow } = useTab()
  const { columns, execution } = loaded
  const view = useTreeView(columns)
  const { tree } = view
  const running = execution.status === 'running'
  const clock = useNow(running ? 1000 : 0)
  const now = running && execution.started_at ? Math.max(0, clock - Date.parse(execution.started_at)) : 0
  const extent = useMemo(() => extentOf(columns, now), [columns, now])
  const [zoomed, setZoomed] = useState<Window | null>(null)
  const [closed, setClosed] = useState(false)
  const [scrolled, setScrolled] = useState(false)
  const [width, setWidth] = useState<number | null>(null)
  const grid = useRef<TreeGridHandle>(null)
  const root = useRef<HTMLDivElement>(null)

  const asked = place.span === null ? undefined : findRow(tree.rowOf, place.span)
  const first = tree.span.findIndex((index) => index >= 0)
  const selected = asked ?? (narrow || place.span !== null ? -1 : first)
  const open = selected >= 0 && !closed
  const window = zoomed ?? extent

  const select = useCallback(
    (row: number, options: { replace?: boolean } = {}) => {
      const key = tree.keys[row]
      if (key === undefined || (tree.span[row] ?? -1) < 0) return
      setClosed(false)
      go({ span: key }, { replace: options.replace ?? !narrow })
    },
    [tree, go, narrow],
  )
  // The span that the address names is shown: unfolded, in view, once per name.
  const shown = useRef<string | null>(null)
  useEffect(() => {
    if (place.span === null || asked === undefined || shown.current === place.span) return
    shown.current = place.span
    view.reveal(asked)
    grid.current?.show(asked)
  })

  const closeDetail = () => {
    if (narrow && place.span !== null) {
      if (history.state?.within) history.back()
      else go({ span: null }, { replace: true })
      return
    }
    setClosed(true)
    grid.current?.focus(grid.current.focused())
  }
  const jump = (by: 1 | -1, wanted: (index: number, row: number) => boolean) => {
    const from = grid.current?.focused() ?? selected
    const row = nextRow(tree, from, by, wanted)
    if (row < 0) return
    view.reveal(row)
    grid.current?.focus(row)
    select(row, { replace: true })
  }
  const nextMatch = (by: 1 | -1) => jump(by, (_, row) => view.matches?.hits[row] === 1)
  const nextError = (by: 1 | -1) => jump(by, (index) => columns.state[index] === 'error')
  const nextModelCall = (by: 1 | -1) => jump(by, (index) => columns.kind[index] === 'llm')
  const zoomTo = (next: Window | null) => {
    const whole = next && next.from <= extent.from && next.to >= extent.to
    setZoomed(whole ? null : next)
  }
  const zoomBy = (factor: number) => zoomTo(zoom(window, factor, (window.from + window.to) / 2, extent))

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'F6') {
      event.preventDefault()
      focusNextPane(root.current, event.shiftKey)
      return
    }
    if (event.key === 'Escape') {
      if (open && !isTyping(event)) closeDetail()
      else if (view.query) view.setQuery('')
      else if (zoomed) setZoomed(null)
      return
    }
    if (isTyping(event)) return
    const used = runShortcut(event.key, {
      search: () => root.current?.querySelector<HTMLInputElement>('.toolbar input')?.focus(),
      nextError,
      nextModelCall,
      zoomBy,
      zoomFit: () => setZoomed(null),
      zoomToSpan: () => zoomTo(spanWindow(tree, columns, grid.current?.focused() ?? selected, now)),
      pan: (part) => zoomTo(pan(window, part, extent)),
      step,
      copyLink: () => void navigator.clipboard?.writeText(location.href),
    })
    if (used) event.preventDefault()
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the parts inside bubble up to it
    <div ref={root} class={`trace ${scrolled ? 'scrolled' : ''}`} onKeyDown={onKeyDown}>
      <div class="trace-top">
        <SummaryStrip loaded={loaded} summary={summary} now={now} nextError={() => nextError(1)} />
        <Notices loaded={loaded} summary={summary} staleSince={staleSince} loadMore={loadMore} />
      </div>
      <div class="trace-body">
        <section class="tree-pane">
          <Toolbar
            view={view}
            partial={loaded.cursor !== null}
            zoomed={zoomed !== null}
            fit={() => setZoomed(null)}
            nextMatch={nextMatch}
            focused={() => grid.current?.focused() ?? -1}
          />
          {columns.span_id.length >= MINIMAP_FROM || zoomed ? (
            <Minimap columns={columns} extent={extent} window={zoomed} setWindow={zoomTo} now={now} />
          ) : null}
          <TreeGrid
            handle={grid}
            view={view}
            window={window}
            now={now}
            selected={selected}
            follow={open && !narrow}
            onScroll={(top) => narrow && setScrolled((before) => (before ? top > 0 : top > 60))}
            select={select}
            openDetail={(row) => {
              select(row)
              setTimeout(() => root.current?.querySelector<HTMLElement>('.span-pane')?.focus(), 0)
            }}
          />
        </section>
        {open ? (
          <>
            {narrow ? null : <Splitter width={width} setWidth={setWidth} />}
            <SpanPane
              loaded={loaded}
              view={view}
              row={selected}
              now={now}
              width={narrow ? null : width}
              select={(row) => {
                view.reveal(row)
                select(row, { replace: true })
              }}
              close={closeDetail}
            />
          </>
        ) : null}
      </div>
    </div>
  )
}

/** The row of a key; a bare span id finds its span in whatever trace of the execution it is. */
function findRow(rowOf: Map<string, number>, key: string): number | undefined {
  return rowOf.get(key) ?? rowOf.get(parseKey(key).spanId)
}
