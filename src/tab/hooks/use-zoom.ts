import { useMemo } from 'preact/hooks'
import type { Columns } from '../model/columns.ts'
import { extentOf, type Window, zoom } from '../model/timeline.ts'
import { useTab } from './tab-context.ts'

/** The stretch of time that the reader looks at; it is part of the address. */
export interface Zoom {
  extent: Window
  /** null = the whole time. */
  zoomed: Window | null
  window: Window
  zoomTo: (window: Window | null) => void
  zoomBy: (factor: number) => void
}

export function useZoom(columns: Columns, now: number): Zoom {
  const { place, go } = useTab()
  const extent = useMemo(() => extentOf(columns, now), [columns, now])
  const zoomed = place.zoom
  const window = zoomed ?? extent
  const zoomTo = (next: Window | null) => {
    const whole = next && next.from <= extent.from && next.to >= extent.to
    go({ zoom: whole ? null : next }, { replace: true })
  }
  const zoomBy = (factor: number) => zoomTo(zoom(window, factor, (window.from + window.to) / 2, extent))
  return { extent, zoomed, window, zoomTo, zoomBy }
}
