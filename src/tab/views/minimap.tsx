import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { useTab } from '../hooks/tab-context.ts'
import { useSize } from '../hooks/use-size.ts'
import type { Columns } from '../model/columns.ts'
import { KIND_GROUPS } from '../model/kinds.ts'
import { type Density, densityOf } from '../model/minimap.ts'
import { ticksOf, type Window } from '../model/timeline.ts'
import { strings } from '../strings.ts'

/** CSS pixels of one slice of time. */
const SLICE = 3
/** CSS pixels of the times below. */
const AXIS = 13
/** A drag shorter than this, in CSS pixels, is a click. */
const CLICK = 4

interface Props {
  columns: Columns
  extent: Window
  /** null = everything. */
  window: Window | null
  setWindow: (window: Window | null) => void
  now: number
}

/** The whole time at a glance: how much was going on, of which kind, and where it went wrong. Drag to zoom. */
export function Minimap({ columns, extent, window, setWindow, now }: Props) {
  const { format, colours } = useTab()
  const frame = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const { width, height } = useSize(frame)
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null)
  const density = useMemo(
    () => (width > 0 ? densityOf(columns, extent, Math.max(1, Math.floor(width / SLICE)), now) : null),
    [columns, extent, width, now],
  )

  // biome-ignore lint/correctness/useExhaustiveDependencies: the canvas reads its colours from the style
  useEffect(() => {
    if (canvas.current && density) {
      const context = contextOf(canvas.current, width, height)
      if (context) draw(context, density, width, height - AXIS)
      if (context) drawAxis(context, extent, format.duration, width, height)
    }
  }, [density, width, height, colours, format])

  const length = extent.to - extent.from
  const partOf = (event: PointerEvent) => {
    const box = frame.current?.getBoundingClientRect()
    return box ? Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)) : 0
  }
  const brush = drag
    ? { from: Math.min(drag.from, drag.to), to: Math.max(drag.from, drag.to) }
    : window && { from: (window.from - extent.from) / length, to: (window.to - extent.from) / length }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys + - 0 , . do the same
    <div
      ref={frame}
      class="minimap"
      title={strings.minimap}
      onDblClick={() => setWindow(null)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        setDrag({ from: partOf(event), to: partOf(event) })
      }}
      onPointerMove={(event) => {
        if (drag) setDrag({ ...drag, to: partOf(event) })
      }}
      onPointerUp={() => {
        if (drag && Math.abs(drag.to - drag.from) * width > CLICK && brush) {
          setWindow({ from: extent.from + brush.from * length, to: extent.from + brush.to * length })
        }
        setDrag(null)
      }}
    >
      <canvas ref={canvas} />
      {brush ? (
        <>
          <span class="shade" style={{ left: 0, width: `${brush.from * 100}%` }} />
          <span class="shade edge" style={{ left: `${brush.to * 100}%`, right: 0 }} />
          <span
            class="brush"
            style={{ left: `${brush.from * 100}%`, width: `${(brush.to - brush.from) * 100}%` }}
          />
        </>
      ) : null}
      <span class="sr">
        {strings.duration} {format.duration(length)}
      </span>
    </div>
  )
}

/** The canvas, cleared, in CSS pixels. */
function contextOf(canvas: HTMLCanvasElement, width: number, height: number) {
  const scale = devicePixelRatio || 1
  canvas.width = Math.round(width * scale)
  canvas.height = Math.round(height * scale)
  const context = canvas.getContext('2d')
  context?.scale(scale, scale)
  return context
}

/** The times of the whole, so that a stretch that is zoomed to has its place. */
function drawAxis(
  context: CanvasRenderingContext2D,
  extent: Window,
  name: (ms: number) => string,
  width: number,
  height: number,
): void {
  const style = getComputedStyle(context.canvas)
  context.fillStyle = style.getPropertyValue('--fg-3')
  context.font = `10px ${style.fontFamily}`
  const length = extent.to - extent.from
  for (const tick of ticksOf(extent, Math.max(3, width / 160))) {
    const at = Math.round(((tick - extent.from) / length) * width)
    if (at > width - 40) continue
    context.fillRect(at, height - AXIS + 2, 1, 4)
    context.fillText(name(tick), at + 4, height - 3)
  }
}

/** Bars of the slices, one colour a kind, and marks for errors on top. */
function draw(context: CanvasRenderingContext2D, density: Density, width: number, height: number): void {
  const style = getComputedStyle(context.canvas)
  const colour = (name: string) => style.getPropertyValue(name).trim()
  const slices = density.errors.length
  const step = width / slices
  const room = height - 8
  // A square root keeps a lone span visible beside a burst of hundreds.
  const tall = (count: number) => (Math.sqrt(count) / Math.sqrt(density.most)) * room
  context.globalAlpha = 0.78
  const tops = new Float32Array(slices)
  const sums = new Float32Array(slices)
  KIND_GROUPS.forEach((group, at) => {
    const counts = density.busy[at]
    if (!counts) return
    context.fillStyle = colour(`--kind-${group}`)
    for (let slice = 0; slice < slices; slice++) {
      const count = counts[slice] ?? 0
      if (count <= 0) continue
      const sum = (sums[slice] ?? 0) + count
      sums[slice] = sum
      const top = tall(sum)
      const low = tops[slice] ?? 0
      tops[slice] = top
      // Whole pixels: slices that share one would show as stripes.
      const left = Math.round(slice * step)
      context.fillRect(left, height - top, Math.round((slice + 1) * step) - left, Math.max(1, top - low))
    }
  })
  context.globalAlpha = 1
  context.fillStyle = colour('--error')
  for (let slice = 0; slice < slices; slice++) {
    if (density.errors[slice]) context.fillRect(slice * step, 0, Math.max(2, step - 1), 4)
  }
}
