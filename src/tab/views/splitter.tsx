import { useRef } from 'preact/hooks'
import { useTab } from '../hooks/tab-context.ts'
import { strings } from '../strings.ts'

/** CSS pixels: the smallest span detail beside the tree and below it, what must be left of the tree, one step of an arrow key. */
const BESIDE = { least: 360, left: 420 }
const BELOW = { least: 160, left: 160 }
const STEP = 24

/** The edge between tree and detail: dragged, or moved with the arrow keys. */
export function Splitter({ size, setSize }: { size: number | null; setSize: (size: number) => void }) {
  const { below } = useTab()
  const line = useRef<HTMLDivElement>(null)
  const { least, left } = below ? BELOW : BESIDE
  const measure = (element: Element | null | undefined) =>
    element?.[below ? 'clientHeight' : 'clientWidth'] ?? least
  const pane = () => measure(line.current?.nextElementSibling)
  const most = () => Math.max(least, measure(line.current?.parentElement) - left)
  const resize = (to: number) => setSize(Math.round(Math.max(least, Math.min(most(), to))))
  return (
    // biome-ignore lint/a11y/useSemanticElements: an <hr> cannot be focused and moved
    <div
      ref={line}
      class="splitter"
      role="separator"
      aria-orientation={below ? 'horizontal' : 'vertical'}
      aria-label={strings.resizeDetail}
      aria-valuemin={least}
      aria-valuenow={size ?? least}
      tabIndex={0}
      onKeyDown={(event) => {
        if (event.key === (below ? 'ArrowUp' : 'ArrowLeft')) resize(pane() + STEP)
        else if (event.key === (below ? 'ArrowDown' : 'ArrowRight')) resize(pane() - STEP)
        else return
        event.preventDefault()
      }}
      onPointerDown={(event) => {
        const at = (one: PointerEvent) => (below ? one.clientY : one.clientX)
        const end = pane() + at(event)
        const target = event.currentTarget
        target.setPointerCapture(event.pointerId)
        const move = (to: PointerEvent) => resize(end - at(to))
        target.addEventListener('pointermove', move)
        target.addEventListener('lostpointercapture', () => target.removeEventListener('pointermove', move), {
          once: true,
        })
      }}
    />
  )
}
