import type { Columns } from './columns.ts'
import { childrenOf, type Tree } from './tree.ts'

/** A stretch of time in milliseconds from the start of the execution. */
export interface Window {
  from: number
  to: number
}

/** From the first start to the last end; a running span lasts until `now`. Never empty. */
export function extentOf(columns: Columns, now: number): Window {
  let from = Number.POSITIVE_INFINITY
  let to = Number.NEGATIVE_INFINITY
  for (let i = 0; i < columns.offset_ms.length; i++) {
    const start = columns.offset_ms[i] ?? 0
    const duration = columns.duration_ms[i]
    const end = duration === null || duration === undefined ? Math.max(start, now) : start + duration
    if (start < from) from = start
    if (end > to) to = end
  }
  if (from > to) return { from: 0, to: 1 }
  return { from, to: Math.max(to, from + 0.001) }
}

/** Start and length of a bar as parts of the window, 0..1, cut at its edges; null = outside. */
export function barOf(start: number, end: number, window: Window): { left: number; width: number } | null {
  const length = window.to - window.from
  const left = (start - window.from) / length
  const right = (end - window.from) / length
  if (right < 0 || left > 1) return null
  const from = Math.max(0, left)
  return { left: from, width: Math.max(0, Math.min(1, right) - from) }
}

/** Round times for a ruler with about `wanted` marks: 1, 2 or 5 times a power of ten, minutes and hours. */
export function ticksOf(window: Window, wanted: number): number[] {
  const rough = (window.to - window.from) / Math.max(1, wanted)
  const step = niceStep(rough)
  const ticks: number[] = []
  for (let at = Math.ceil(window.from / step) * step; at <= window.to; at += step) ticks.push(at)
  return ticks
}

function niceStep(rough: number): number {
  const steps = [60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 86_400_000]
  if (rough > 50_000) return steps.find((step) => step >= rough) ?? Math.ceil(rough / 86_400_000) * 86_400_000
  const power = 10 ** Math.floor(Math.log10(rough))
  const factor = rough / power
  return power * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10)
}

/** The window zoomed by `factor` about `center`, and kept inside the extent. */
export function zoom(window: Window, factor: number, center: number, extent: Window): Window {
  const from = center - (center - window.from) * factor
  const to = center + (window.to - center) * factor
  return clamp({ from, to }, extent)
}

/** The window moved by a part of its own length. */
export function pan(window: Window, part: number, extent: Window): Window {
  const by = (window.to - window.from) * part
  const room = Math.min(Math.max(by, extent.from - window.from), extent.to - window.to)
  return { from: window.from + room, to: window.to + room }
}

function clamp(window: Window, extent: Window): Window {
  const least = (extent.to - extent.from) / 1e6
  const from = Math.max(extent.from, Math.min(window.from, extent.to - least))
  const to = Math.min(extent.to, Math.max(window.to, from + least))
  return { from, to }
}

/** When the span itself worked, none of its children did: gaps between its children, in milliseconds. */
export function selfIntervals(tree: Tree, columns: Columns, row: number, now: number): Window[] {
  const own = spanWindow(tree, columns, row, now)
  if (!own) return []
  const children = childrenOf(tree, row)
    .map((child) => spanWindow(tree, columns, child, now))
    .filter((window) => window !== null)
    .sort((a, b) => a.from - b.from)
  const gaps: Window[] = []
  let at = own.from
  for (const child of children) {
    if (child.from > at) gaps.push({ from: at, to: Math.min(child.from, own.to) })
    at = Math.max(at, child.to)
    if (at >= own.to) break
  }
  if (at < own.to) gaps.push({ from: at, to: own.to })
  return gaps.filter((gap) => gap.to > gap.from)
}

/** Start and end of the span in a row; null = the row is no span. */
export function spanWindow(tree: Tree, columns: Columns, row: number, now: number): Window | null {
  const index = tree.span[row] ?? -1
  const from = columns.offset_ms[index]
  if (from === undefined) return null
  const duration = columns.duration_ms[index]
  return { from, to: duration === null || duration === undefined ? Math.max(from, now) : from + duration }
}

/** The sum of lengths, in milliseconds. */
export function lengthOf(windows: readonly Window[]): number {
  return windows.reduce((sum, window) => sum + window.to - window.from, 0)
}
