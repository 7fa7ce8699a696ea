import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { formatPlace, type Place, parsePlace } from '../model/place.ts'

interface Options {
  own: boolean
  base: string
  /** What the host's attributes say; it holds until the reader goes elsewhere or the host changes it. */
  given: Place
  /** Told of every place that the reader goes to. */
  changed: (place: Place) => void
}

/** The place that is shown, in the page's address (`own`) or in the element's own state. */
export function usePlace({ own, base, given, changed }: Options) {
  const path = own ? new URL(base || '/', location.origin).pathname.replace(/\/+$/, '') : ''
  const read = useCallback(() => parsePlace(new URL(location.href), path), [path])
  const [place, setPlace] = useState<Place>(() => (own ? read() : given))
  const current = useRef(place)
  const tell = useRef(changed)
  tell.current = changed
  const put = useCallback((to: Place) => {
    current.current = to
    setPlace(to)
  }, [])

  useEffect(() => {
    if (!own) return
    const restore = () => put(read())
    restore()
    addEventListener('popstate', restore)
    return () => removeEventListener('popstate', restore)
  }, [own, read, put])

  const { workflow, execution, span, tab, view } = given
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the host says holds when it says it anew
  useEffect(() => {
    if (!own) put({ ...current.current, workflow, execution, span, tab, view })
  }, [own, workflow, execution, span, tab, view])

  const go = useCallback(
    (change: Partial<Place>, options: { replace?: boolean } = {}) => {
      const to = { ...current.current, ...change }
      if (own) {
        const address = formatPlace(to, path)
        if (address !== location.pathname + location.search) {
          if (options.replace) history.replaceState(history.state, '', address)
          else history.pushState({ within: true }, '', address)
        }
      }
      put(to)
      tell.current(to)
    },
    [own, path, put],
  )
  const hrefOf = useCallback(
    (change: Partial<Place>) => (own ? formatPlace({ ...current.current, ...change }, path) : null),
    [own, path],
  )
  return { place, go, hrefOf }
}
