import { useRef } from 'preact/hooks'
import { strings } from '../strings.ts'

/** CSS pixels: the narrowest span detail, and one step of an arrow key. */
const LEAST = 360
const STEP = 24

/** The edge between tree and detail: dragged, or moved with the arrow keys. */
export function Splitter({ width, setWidth }: { width: number | null; setWidth: (width: number) => void }) {
  const line = useRef<HTMLDivElement>(null)
  const pane = () => line.current?.nextElementSibling?.getBoundingClientRect().width ?? LEAST
  const most = () => Math.max(LEAST, (line.current?.parentElement?.clientWidth ?? LEAST) - 420)
  const resize = (to: number) => setWidth(Math.round(Math.max(LEAST, Math.min(most(), to))))
  return (
    // biome-ignore lint/a11y/useSemanticElements: an <hr> cannot be focused and moved
    <div
      ref={line}
      class="splitter"
      role="separator"
      aria-orientation="vertical"
      aria-label={strings.resizeDetail}
      aria-valuemin={LEAST}
      aria-valuenow={width ?? LEAST}
      tabIndex={0}
      onKeyDown={(event) => {
        if (event.key === 'ArrowLeft') resize(pane() + STEP)
        else if (event.key === 'ArrowRight') resize(pane() - STEP)
        else return
        event.preventDefault()
      }}
      onPointerDown={(event) => {
        const from = { x: event.clientX, width: pane() }
        const target = event.currentTarget
        target.setPointerCapture(event.pointerId)
        const move = (at: PointerEvent) => resize(from.width + from.x - at.clientX)
        target.addEventListener('pointermove', move)
        target.addEventListener('lostpointercapture', () => target.removeEventListener('pointermove', move), {
          once: true,
        })
      }}
    />
  )
}
