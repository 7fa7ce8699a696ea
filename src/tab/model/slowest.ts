import type { Columns } from './columns.ts'
import { lengthOf, selfIntervals, spanWindow } from './timeline.ts'
import { hasChildren, type Tree } from './tree.ts'

export interface SlowSpan {
  row: number
  /** Milliseconds in which the span worked and none of its children did. */
  self: number
  duration: number
}

/** The spans that took the most time themselves, the slowest first. */
export function slowestSpans(tree: Tree, columns: Columns, now: number, most: number): SlowSpan[] {
  const found: SlowSpan[] = []
  let least = -1
  for (let row = 0; row < tree.length; row++) {
    const window = spanWindow(tree, columns, row, now)
    if (!window) continue
    const duration = window.to - window.from
    // Self time is never longer than the span: most spans need no closer look.
    if (found.length >= most && duration <= least) continue
    const self = hasChildren(tree, row) ? lengthOf(selfIntervals(tree, columns, row, now)) : duration
    if (found.length >= most && self <= least) continue
    found.push({ row, self, duration })
    found.sort((a, b) => b.self - a.self)
    found.length = Math.min(found.length, most)
    least = found.at(-1)?.self ?? -1
  }
  return found
}
