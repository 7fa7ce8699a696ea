import type { RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Summary } from '../../http/schemas/trace.ts'
import type { Loaded } from '../api/load-trace.ts'
import { useTab } from '../hooks/tab-context.ts'
import { focusNextPane } from '../hooks/trace-shortcuts.ts'
import { useFollow } from '../hooks/use-follow.ts'
import { useMessageHits } from '../hooks/use-message-hits.ts'
import { useNarrowed } from '../hooks/use-narrowed.ts'
import { useNow } from '../hooks/use-now.ts'
import { useSelection } from '../hooks/use-selection.ts'
import { useTraceKeyboard } from '../hooks/use-trace-keyboard.ts'
import { useTreeView } from '../hooks/use-tree-view.ts'
import { useZoom } from '../hooks/use-zoom.ts'
import { FollowButtons } from './follow-buttons.tsx'
import { LazyPane } from './lazy-pane.tsx'
import { LazyView } from './lazy-view.tsx'
import { Notices, type Stale } from './notices.tsx'
import { Splitter } from './splitter.tsx'
import { SummaryStrip } from './summary-strip.tsx'
import { TimelineView } from './timeline-view.tsx'
import type { TreeGridHandle } from './tree-grid.tsx'
import { ViewSwitch } from './view-switch.tsx'

/**
 * CSS pixels of rows beyond the frame, below which a phone keeps the figures while it scrolls. They give the rows
 * more room when they go; if all rows fitted then, there would be nothing left to scroll, and they would come back.
 */
const MUST_REMAIN = 400

interface Props {
  loaded: Loaded
  summary: Summary | null
  stale: Stale | null
  loadMore: () => void
  /** Goes to a newer (-1) or older (1) execution. */
  step: (by: number) => void
  /** A key brought the reader here from another execution: the next key must find the focus in this one. */
  stepped: RefObject<boolean>
}

/** The trace of an execution: its figures, the chosen view of it, and the selected span. */
export function TraceView({ loaded, summary, stale, loadMore, step, stepped }: Props) {
  const { place, narrow, below } = useTab()
  const { execution } = loaded
  const narrowed = useNarrowed(loaded)
  const said = useMessageHits(loaded)
  const view = useTreeView(narrowed?.columns ?? loaded.columns, narrowed?.found ?? null, said)
  const running = execution.status === 'running'
  const clock = useNow(running ? 1000 : 0)
  const now = running && execution.started_at ? Math.max(0, clock - Date.parse(execution.started_at)) : 0
  const zoom = useZoom(view.columns, now)
  const selection = useSelection(view.tree)
  const { selected, asked, open, select } = selection
  const [scrolled, setScrolled] = useState(false)
  const [size, setSize] = useState<number | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a width is no height
  useEffect(() => setSize(null), [below])
  const grid = useRef<TreeGridHandle>(null)
  const root = useRef<HTMLDivElement>(null)

  // The span that the address names is shown: unfolded, in view, once per name and view.
  const shown = useRef<string | null>(null)
  useEffect(() => {
    const wanted = `${place.view} ${place.span}`
    if (place.span === null || asked === undefined || shown.current === wanted) return
    shown.current = wanted
    view.reveal(asked)
    grid.current?.show(asked)
  })
  const follow = useFollow(view, loaded.total, running, (row) => grid.current?.show(row))
  const keyboard = useTraceKeyboard({ root, grid, view, selection, zoom, now, step, follow: follow.toggle })
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the trace comes
  useEffect(() => {
    if (!stepped.current) return
    stepped.current = false
    if (grid.current) grid.current.focus(grid.current.focused())
    else focusNextPane(root.current, false)
  }, [])
  const viewProps = { loaded, summary, view, zoom, now, selection }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the parts inside bubble up to it
    <div ref={root} class={`trace ${scrolled ? 'scrolled' : ''}`} onKeyDown={keyboard.onKeyDown}>
      <div class="trace-top">
        <SummaryStrip loaded={loaded} summary={summary} now={now} nextError={() => keyboard.nextError(1)} />
        <Notices loaded={loaded} summary={summary} stale={stale} loadMore={loadMore} fold={narrow} />
      </div>
      <div class="view-bar">
        <ViewSwitch />
        {running && place.view === 'timeline' ? <FollowButtons follow={follow} /> : null}
      </div>
      <div
        class={`trace-body ${below ? 'below' : ''}`}
        id="view-panel"
        role="tabpanel"
        aria-labelledby={`view-${place.view}`}
      >
        {place.view === 'timeline' ? (
          <TimelineView
            {...viewProps}
            grid={grid}
            narrowed={narrowed}
            nextMatch={keyboard.nextMatch}
            onScroll={(top, beyond) =>
              narrow && setScrolled((before) => (before ? top > 0 : top > 60 && beyond > MUST_REMAIN))
            }
            openDetail={(row) => {
              select(row)
              setTimeout(() => root.current?.querySelector<HTMLElement>('.span-pane')?.focus(), 0)
            }}
          />
        ) : (
          <LazyView {...viewProps} name={place.view} />
        )}
        {open ? (
          <>
            {narrow ? null : <Splitter size={size} setSize={setSize} />}
            <LazyPane
              loaded={loaded}
              view={view}
              row={selected}
              now={now}
              size={narrow ? null : size}
              select={(row) => {
                view.reveal(row)
                select(row, { replace: true })
              }}
              close={() => {
                selection.close()
                grid.current?.focus(grid.current.focused())
              }}
            />
          </>
        ) : null}
      </div>
    </div>
  )
}
