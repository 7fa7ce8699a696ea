// biome-ignore-all lint/a11y/useSemanticElements: a tree grid whose rows are not all in the DOM is no <table>
// biome-ignore-all lint/a11y/useFocusableInteractive: the rows of spans have the focus
import type { Ref } from 'preact'
import { useEffect, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { useTab } from '../hooks/tab-context.ts'
import { useSettled } from '../hooks/use-settled.ts'
import { useSize } from '../hooks/use-size.ts'
import { useSlots } from '../hooks/use-slots.ts'
import { treeKey } from '../hooks/use-trace-keys.ts'
import type { TreeView } from '../hooks/use-tree-view.ts'
import type { CriticalPath } from '../model/critical-path.ts'
import { ticksOf, type Window } from '../model/timeline.ts'
import { placeOf } from '../model/visible.ts'
import { strings } from '../strings.ts'
import { columnsOf, Ruler, TreeHeader } from './tree-header.tsx'
import { PATH_HEIGHT, TreePath } from './tree-path.tsx'
import { TreeRow } from './tree-row.tsx'

/** Rows above and below the visible ones that are in the DOM too. */
const OVERSCAN = 8
/** Of the height of the page, what the rows are taken to have before they are measured. */
const ROOM = 2 / 3

export interface TreeGridHandle {
  /** Scrolls to a row and gives it the keyboard; `stay` = when it comes to the tree, not at once. */
  focus: (row: number, stay?: boolean) => void
  /** Scrolls to a row. */
  show: (row: number) => void
  focused: () => number
}

interface Props {
  handle: Ref<TreeGridHandle>
  view: TreeView
  window: Window
  now: number
  critical: CriticalPath | null
  selected: number
  /** The selection follows the focus. */
  follow: boolean
  /** How far from the top, and how far the rows reach beyond the frame; CSS pixels. */
  onScroll: (top: number, beyond: number) => void
  select: (row: number, options?: { replace?: boolean }) => void
  openDetail: (row: number) => void
}

/** CSS pixels below which tokens and cost leave their room to names and bars; the detail of a span has them. */
const FIGURES_FROM = 560

/** The spans as a tree with timeline bars: rows of one height, of which only those in view are in the DOM. */
export function TreeGrid(props: Props) {
  const { handle, view, window, now, follow, openDetail } = props
  const { tree, rows, columns } = view
  const { narrow, dense, format } = useTab()
  const scroller = useRef<HTMLDivElement>(null)
  const { width, height } = useSize(scroller)
  const [top, setTop] = useState(0)
  const ahead = useSettled((key) => props.select(tree.rowOf.get(key) ?? -1, { replace: true }))
  const selected = (ahead.key === null ? undefined : tree.rowOf.get(ahead.key)) ?? props.selected
  const select: Props['select'] = (row, options) => {
    ahead.drop()
    props.select(row, options)
  }
  const [focusKey, setFocusKey] = useState<string | null>(null)
  const [wantsFocus, setWantsFocus] = useState(0)
  const rowHeight = narrow ? 48 : dense ? 24 : 28
  const slim = narrow || (width > 0 && width < FIGURES_FROM)
  const columnSet = useMemo(() => columnsOf(columns, narrow, slim), [columns, narrow, slim])

  const wantedRow = focusKey === null ? selected : (tree.rowOf.get(focusKey) ?? selected)
  const focusPlace = Math.max(0, placeOf(rows, wantedRow))
  const focusRow = rows[focusPlace] ?? 0

  const show = (row: number) => {
    // The row may become visible only with the next rendering.
    requestAnimationFrame(() => {
      const element = scroller.current
      const place = placeOf(latest.current.rows, row)
      if (!element || place < 0) return
      const room = element.clientHeight - 32
      const at = place * rowHeight
      if (at < element.scrollTop + PATH_HEIGHT) element.scrollTop = Math.max(0, at - rowHeight - PATH_HEIGHT)
      else if (at + rowHeight > element.scrollTop + room) element.scrollTop = at - room / 2
    })
  }
  const focus = (row: number, stay = false) => {
    setFocusKey(tree.keys[row] ?? null)
    if (!stay) setWantsFocus((n) => n + 1)
    keepInView(scroller.current, placeOf(rows, row), rowHeight)
    show(row)
  }
  const latest = useRef({ rows, focusRow })
  latest.current = { rows, focusRow }
  useImperativeHandle(handle, () => ({ focus, show, focused: () => latest.current.focusRow }))

  useLayoutEffect(() => {
    if (wantsFocus === 0) return
    scroller.current?.querySelector<HTMLElement>('[role="row"][tabindex="0"]')?.focus({ preventScroll: true })
  }, [wantsFocus])
  useStableScroll(scroller, view, rowHeight)

  const from = Math.max(0, Math.floor(top / rowHeight) - OVERSCAN)
  const to = Math.min(rows.length, Math.ceil((top + (height || innerHeight * ROOM)) / rowHeight) + OVERSCAN)
  const places: number[] = []
  if (focusPlace < from) places.push(focusPlace)
  for (let place = from; place < to; place++) places.push(place)
  if (focusPlace >= to && focusPlace < rows.length) places.push(focusPlace)
  const slotOf = useSlots(from, to, { place: focusPlace, key: tree.keys[focusRow] })
  const ticks = useMemo(
    () => ticksOf(window, Math.max(2, width / (narrow ? 90 : 220))),
    [window, width, narrow],
  )

  const firstRow = top === 0 ? -1 : (rows[Math.floor((top + PATH_HEIGHT) / rowHeight)] ?? -1)
  return (
    <div class="tree-frame">
      <div
        ref={scroller}
        class={`tree ${narrow ? 'two-lines' : dense ? 'dense' : ''}`}
        role="treegrid"
        aria-label={strings.spanTree}
        aria-rowcount={rows.length + 1}
        style={{ '--columns': columnSet.template }}
        onScroll={(event) => {
          setTop(event.currentTarget.scrollTop)
          props.onScroll(event.currentTarget.scrollTop, rows.length * rowHeight - height)
        }}
        onKeyDown={(event) => {
          if (event.ctrlKey || event.metaKey || event.altKey) return
          const page = Math.max(1, Math.floor(height / rowHeight) - 2)
          const move = (row: number) => {
            focus(row)
            if (follow && event.key.startsWith('Arrow')) ahead.soon(tree.keys[row])
          }
          if (treeKey(event, focusRow, view, { focus: move, select, openDetail, page })) {
            event.preventDefault()
            event.stopPropagation()
          }
        }}
      >
        <TreeHeader columns={columnSet} window={window} ticks={ticks} format={format} />
        {rows.length === 0 ? (
          <div role="row">
            <div role="gridcell" class="tree-none">
              <p>{strings.nothingMatchesFilter}</p>
              <button type="button" class="button" onClick={view.clearFilter}>
                {strings.clearFilter}
              </button>
            </div>
          </div>
        ) : null}
        <Ruler window={window} ticks={ticks} height={height} />
        <div class="tree-body" role="rowgroup" style={{ height: `${rows.length * rowHeight}px` }}>
          {places.map((place) => {
            const row = rows[place] ?? 0
            return (
              <TreeRow
                key={slotOf(place)}
                view={view}
                row={row}
                format={format}
                narrow={narrow}
                place={place}
                top={place * rowHeight}
                window={window}
                now={now}
                critical={props.critical?.rows.get(row)}
                columnSet={columnSet}
                selected={row === selected}
                focused={row === focusRow}
                match={view.matches?.hits[row] === 1}
                onFocus={() => setFocusKey(tree.keys[row] ?? null)}
                onSelect={() => select(row)}
              />
            )
          })}
        </div>
      </div>
      <TreePath view={view} row={firstRow} show={focus} />
    </div>
  )
}

/** The least scrolling that brings a row into view, at once, so that it is in the DOM when it gets the focus. */
function keepInView(element: HTMLElement | null, place: number, rowHeight: number): void {
  if (!element || place < 0) return
  const at = place * rowHeight
  const room = element.clientHeight - 32
  if (at < element.scrollTop + PATH_HEIGHT) element.scrollTop = Math.max(0, at - PATH_HEIGHT)
  else if (at + rowHeight > element.scrollTop + room) element.scrollTop = at + rowHeight - room
}

/** Keeps the row at the top edge where it is when new spans come in above it. */
function useStableScroll(scroller: { current: HTMLElement | null }, view: TreeView, rowHeight: number): void {
  const anchor = useRef<{ tree: TreeView['tree']; key: string | undefined; offset: number } | null>(null)
  useLayoutEffect(() => {
    const before = anchor.current
    if (!before || before.tree === view.tree || before.key === undefined) return
    const row = view.tree.rowOf.get(before.key)
    const place = row === undefined ? -1 : placeOf(view.rows, row)
    const element = scroller.current
    if (place < 0 || !element || element.scrollTop === 0) return
    const wanted = place * rowHeight + before.offset
    if (wanted !== element.scrollTop) element.scrollTop = wanted
  }, [view.tree, view.rows, rowHeight, scroller])
  useEffect(() => {
    // What is on the screen: the event that tells of a scroll may still be on its way.
    const top = scroller.current?.scrollTop ?? 0
    const place = Math.floor(top / rowHeight)
    const row = view.rows[place]
    anchor.current = {
      tree: view.tree,
      key: row === undefined ? undefined : view.tree.keys[row],
      offset: top - place * rowHeight,
    }
  })
}
