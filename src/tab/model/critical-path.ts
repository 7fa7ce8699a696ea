import type { Summary } from '../../http/schemas/trace.ts'
import type { Columns } from './columns.ts'
import { spanWindow, type Window } from './timeline.ts'
import { childrenOf, type Tree } from './tree.ts'

/** What the execution waited for: per row the stretches of time in which nothing else could have been faster. */
export interface CriticalPath {
  rows: Map<number, Window[]>
  /** Milliseconds of each row that are its own on the path. */
  length: number
}

/**
 * The critical path below the longest top row. It assumes that a span goes on when the child that ended last
 * before that moment has ended; what overlaps it did not matter. Iterative: one stretch a step.
 */
export function criticalPath(tree: Tree, columns: Columns, now: number): CriticalPath {
  const rows = new Map<number, Window[]>()
  let length = 0
  const todo: { row: number; until: number }[] = []
  const root = longestTop(tree, columns, now)
  const whole = root < 0 ? null : spanWindow(tree, columns, root, now)
  if (whole) todo.push({ row: root, until: whole.to })
  while (todo.length > 0) {
    const step = todo.pop()
    const own = step && spanWindow(tree, columns, step.row, now)
    if (!step || !own) continue
    let at = Math.min(own.to, step.until)
    const children = childrenOf(tree, step.row)
      .map((row) => ({ row, window: spanWindow(tree, columns, row, now) }))
      .filter((child) => child.window !== null && child.window.from >= own.from - 1)
      .sort((a, b) => (b.window?.to ?? 0) - (a.window?.to ?? 0))
    const pieces: Window[] = []
    for (const { row, window } of children) {
      if (!window || window.from >= at) continue
      const to = Math.min(window.to, at)
      // Another child ran until after this one's end: this one did not matter.
      if (window.to > at + 1) continue
      if (to < at) pieces.push({ from: to, to: at })
      todo.push({ row, until: to })
      at = Math.max(window.from, own.from)
    }
    if (at > own.from) pieces.push({ from: own.from, to: at })
    rows.set(step.row, pieces)
    for (const piece of pieces) length += piece.to - piece.from
  }
  return { rows, length }
}

type Told = Summary['critical_path']['spans'][number]

/** What a span of the service's analysis is called in the tree and in the address. */
export function keyOfTold(span: Pick<Told, 'span_id' | 'trace'>): string {
  return span.trace === 0 ? span.span_id : `${span.span_id}~${span.trace}`
}

/** The path as the service told it, for a trace that is not here as a whole: which rows are on it. */
export function toldPath(
  tree: Tree,
  columns: Columns,
  told: Summary['critical_path'],
  now: number,
): CriticalPath {
  const rows = new Map<number, Window[]>()
  let length = 0
  for (const span of told.spans) {
    length += span.self_ms
    const row = tree.rowOf.get(keyOfTold(span))
    const own = row === undefined ? null : spanWindow(tree, columns, row, now)
    if (row !== undefined && own) rows.set(row, [own])
  }
  return { rows, length }
}

function longestTop(tree: Tree, columns: Columns, now: number): number {
  let best = -1
  let most = -1
  for (let row = 0; row < tree.length; row = tree.end[row] ?? tree.length) {
    const window = spanWindow(tree, columns, row, now)
    if (window && window.to - window.from > most) {
      most = window.to - window.from
      best = row
    }
  }
  return best
}
