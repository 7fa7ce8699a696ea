import { useEffect, useRef, useState } from 'preact/hooks'
import { strings } from '../strings.ts'
import { useTab } from './tab-context.ts'
import type { TreeView } from './use-tree-view.ts'

/** New spans of a running execution: gone along with, or counted until the reader wants to see them. */
export interface Follow {
  following: boolean
  toggle: () => void
  /** Spans that came since the reader last looked; 0 while following. */
  fresh: number
  /** Shows the newest span. */
  look: () => void
}

/** `count`: spans of the whole trace, of which the view may have fewer. */
export function useFollow(
  view: TreeView,
  count: number,
  running: boolean,
  show: (row: number) => void,
): Follow {
  const { announce, format } = useTab()
  const [following, setFollowing] = useState(false)
  const { tree, columns } = view
  const [seen, setSeen] = useState(count)
  const before = useRef(count)
  const newest = () => {
    let best = -1
    let at = Number.NEGATIVE_INFINITY
    for (let row = 0; row < tree.length; row++) {
      const start = columns.offset_ms[tree.span[row] ?? -1]
      if (start === undefined || start < at) continue
      at = start
      best = row
    }
    return best
  }
  const look = () => {
    setSeen(count)
    const row = newest()
    if (row < 0) return
    view.reveal(row)
    show(row)
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: only new spans are news
  useEffect(() => {
    const more = count - before.current
    before.current = count
    if (!running || more <= 0) return
    announce(strings.updated(format.count(more)))
    if (following) look()
  }, [count])
  return {
    following,
    toggle: () => {
      if (!following) look()
      setFollowing(!following)
    },
    fresh: running && !following ? Math.max(0, count - seen) : 0,
    look,
  }
}
