import { useMemo } from 'preact/hooks'
import type { TreeView } from '../hooks/use-tree-view.ts'
import { kindGroup } from '../model/kinds.ts'
import { barOf, selfIntervals, spanWindow, type Window } from '../model/timeline.ts'
import { hasChildren } from '../model/tree.ts'

/** Pieces of self time that are drawn apart; more would not be told apart. */
const PIECES = 24

/** A span on the time line: dark where it worked itself, light where its children did. */
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
  const bar = own && barOf(own.from, own.to, window)
  if (!own || !bar) return null
  const state = columns.state[index]
  const kind = kindGroup(columns.kind[index] ?? 'internal')
  const length = own.to - own.from
  return (
    <>
      <span
        class={`bar kind-${kind} ${parent ? 'parent' : ''} ${running ? 'running' : ''} ${state === 'error' ? 'failed' : ''}`}
        style={{ left: `${bar.left * 100}%`, width: `${bar.width * 100}%` }}
      >
        {pieces && pieces.length <= PIECES && length > 0
          ? pieces.map((piece) => {
              const part = barOf(piece.from, piece.to, {
                from: Math.max(own.from, window.from),
                to: Math.min(own.to, window.to),
              })
              return part && part.width > 0.004 ? (
                <span
                  key={piece.from}
                  class="self"
                  style={{ left: `${part.left * 100}%`, width: `${part.width * 100}%` }}
                />
              ) : null
            })
          : null}
      </span>
      {critical?.map((piece) => {
        const part = barOf(piece.from, piece.to, window)
        return part ? (
          <span
            key={piece.from}
            class="critical"
            style={{ left: `${part.left * 100}%`, width: `${part.width * 100}%` }}
          />
        ) : null
      })}
    </>
  )
}
