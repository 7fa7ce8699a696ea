import { useMemo } from 'preact/hooks'
import type { TreeView } from '../hooks/use-tree-view.ts'
import { kindGroup } from '../model/kinds.ts'
import { barOf, selfIntervals, spanWindow, type Window } from '../model/timeline.ts'
import { hasChildren } from '../model/tree.ts'

/** Pieces of self time that are drawn apart; more would not be told apart. */
const PIECES = 24

/** Part of the window that a span must reach beyond its parent before that is drawn: clocks are not that exact. */
const BEYOND = 0.004

/** A span on the time line: dark where it worked itself, light where its children did, a line where its parent was not. */
export function Bar({
  view,
  row,
  window,
  now,
  critical,
}: {
  view: TreeView
  row: number
  window: Window
  now: number
  critical: Window[] | undefined
}) {
  const { tree, columns } = view
  const index = tree.span[row] ?? -1
  const own = spanWindow(tree, columns, row, now)
  const parent = hasChildren(tree, row)
  const running = columns.duration_ms[index] === null
  const still = running ? now : 0
  const pieces = useMemo(
    () => (parent ? selfIntervals(tree, columns, row, still) : null),
    [tree, columns, row, parent, still],
  )
  const whole = own && barOf(own.from, own.to, window)
  if (!own || !whole) return null
  const around = spanWindow(tree, columns, tree.parent[row] ?? -1, now) ?? own
  const within = { from: Math.max(own.from, around.from), to: Math.min(own.to, around.to) }
  const beyond = (own.to - own.from - (within.to - within.from)) / (window.to - window.from) > BEYOND
  const inner = beyond ? within : own
  const bar = inner.to >= inner.from ? barOf(inner.from, inner.to, window) : null
  const state = columns.state[index]
  const kind = kindGroup(columns.kind[index] ?? 'internal')
  const length = inner.to - inner.from
  const look = `bar kind-${kind} ${running ? 'running' : ''}`
  const failed = state === 'error' ? 'failed' : ''
  return (
    <>
      {beyond ? <span class={`${look} beyond ${bar ? '' : failed}`} style={styleOf(whole)} /> : null}
      {bar ? (
        <span class={`${look} ${parent ? 'parent' : ''} ${failed}`} style={styleOf(bar)}>
          {pieces && pieces.length <= PIECES && length > 0
            ? pieces.map((piece) => {
                const part = barOf(piece.from, piece.to, {
                  from: Math.max(inner.from, window.from),
                  to: Math.min(inner.to, window.to),
                })
                return part && part.width > 0.004 ? (
                  <span key={piece.from} class="self" style={styleOf(part)} />
                ) : null
              })
            : null}
        </span>
      ) : null}
      {critical?.map((piece) => {
        const part = barOf(piece.from, piece.to, window)
        return part ? <span key={piece.from} class="critical" style={styleOf(part)} /> : null
      })}
    </>
  )
}

/** Where a part of the window lies, for `style`. */
function styleOf({ left, width }: { left: number; width: number }) {
  return { left: `${left * 100}%`, width: `${width * 100}%` }
}
