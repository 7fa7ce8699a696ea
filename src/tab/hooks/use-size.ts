import type { RefObject } from 'preact'
import { useLayoutEffect, useState } from 'preact/hooks'

/**
 * Width and height of an element in CSS pixels, kept up to date; before the first layout those of what is around it,
 * where that is given, else 0.
 */
export function useSize(ref: RefObject<HTMLElement | null>, around?: HTMLElement) {
  const [size, setSize] = useState(() => sizeOf(around))
  useLayoutEffect(() => {
    const element = ref.current
    if (!element) return
    // the observer tells of the first size as well: the same object is nothing to render
    const measure = () => {
      const now = sizeOf(element)
      setSize((before) => (before.width === now.width && before.height === now.height ? before : now))
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [ref])
  return size
}

const sizeOf = (element: HTMLElement | undefined) => ({
  width: element?.clientWidth ?? 0,
  height: element?.clientHeight ?? 0,
})
