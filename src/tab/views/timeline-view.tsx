import type { Ref } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { useTab } from '../hooks/tab-context.ts'
import type { Narrowed } from '../hooks/use-narrowed.ts'
import type { ViewProps } from '../hooks/view-props.ts'
import { criticalPath, toldPath } from '../model/critical-path.ts'
import { strings } from '../strings.ts'
import { Minimap } from './minimap.tsx'
import { Toolbar } from './toolbar.tsx'
import { TreeGrid, type TreeGridHandle } from './tree-grid.tsx'

/** Fewer spans than this need no overview. */
const MINIMAP_FROM = 20

interface Props extends ViewProps {
  grid: Ref<TreeGridHandle>
  narrowed: Narrowed | null
  nextMatch: (by: 1 | -1) => void
  onScroll: (top: number, beyond: number) => void
  openDetail: (row: number) => void
}

/** The spans as a tree on a time line. */
export function TimelineView(props: Props) {
  const { grid, loaded, summary, view, zoom, now, selection, narrowed, onScroll, openDetail } = props
  const { place, go, narrow, format } = useTab()
  const { columns, tree } = view
  const [map, setMap] = useState(false)
  // Of a part of a trace nothing can be said here: then it is the service that knows the path.
  const told = loaded.cursor !== null || narrowed ? summary?.critical_path : undefined
  const path = useMemo(() => {
    if (!place.critical) return null
    return told ? toldPath(tree, columns, told, now) : criticalPath(tree, columns, now)
  }, [place.critical, tree, columns, now, told])
  return (
    <section class="tree-pane">
      <Toolbar
        view={view}
        narrowed={narrowed !== null}
        partial={loaded.cursor !== null}
        zoomed={zoom.zoomed !== null}
        fit={() => zoom.zoomTo(null)}
        map={map}
        showMap={narrow && columns.span_id.length >= MINIMAP_FROM ? () => setMap(!map) : null}
        nextMatch={props.nextMatch}
        selected={selection.selected}
      />
      {narrowed ? (
        <p class="view-note">
          {narrowed.reason === 'around'
            ? strings.aroundSpan
            : strings.searchedByService(format.count(narrowed.total))}
          {narrowed.message ? ` · ${narrowed.message}` : ''}
          {narrowed.reason === 'around' ? (
            <button type="button" class="link" onClick={() => go({ span: null })}>
              {strings.showFromStart}
            </button>
          ) : null}
        </p>
      ) : null}
      {path ? (
        <p class="view-note critical-note">
          <strong>
            {strings.criticalPathIs(
              format.duration(path.length),
              format.count(told?.steps ?? path.rows.size),
            )}
          </strong>{' '}
          {strings.criticalPathAssumes}
        </p>
      ) : null}
      {(columns.span_id.length >= MINIMAP_FROM && (!narrow || map)) || zoom.zoomed ? (
        <Minimap
          columns={columns}
          extent={zoom.extent}
          window={zoom.zoomed}
          setWindow={zoom.zoomTo}
          now={now}
        />
      ) : null}
      <TreeGrid
        handle={grid}
        view={view}
        window={zoom.window}
        now={now}
        critical={path}
        selected={selection.selected}
        follow={selection.open && !narrow}
        onScroll={onScroll}
        select={selection.select}
        openDetail={openDetail}
      />
    </section>
  )
}
