import { useCallback, useEffect, useState } from 'preact/hooks'
import { formatPlace, type Place, parsePlace } from '../model/place.ts'

interface Options {
  own: boolean
  base: string
  /** What the host's attributes say; it holds until the reader goes elsewhere or the host changes it. */
  given: Place
}

/** The place that is shown, in the page's address (`own`) or in the element's own state. */
export function usePlace({ own, base, given }: Options) {
  const path = own ? new URL(base || '/', location.origin).pathname.replace(/\/+$/, '') : ''
  const read = useCallback(() => parsePlace(new URL(location.href), path), [path])
  const [place, setPlace] = useState<Place>(() => (own ? read() : given))

  useEffect(() => {
    if (!own) return
    const restore = () => setPlace(read())
    restore()
    addEventListener('popstate', restore)
    return () => removeEventListener('popstate', restore)
  }, [own, read])

  const { workflow, execution, span, tab } = given
  useEffect(() => {
    if (!own) setPlace({ workflow, execution, span, tab })
  }, [own, workflow, execution, span, tab])

  const go = useCallback(
    (change: Partial<Place>, options: { replace?: boolean } = {}) => {
      setPlace((from) => {
        const to = { ...from, ...change }
        if (own) {
          const address = formatPlace(to, path)
          if (address !== location.pathname + location.search) {
            if (options.replace) history.replaceState(history.state, '', address)
            else history.pushState({ within: true }, '', address)
          }
        }
        return to
      })
    },
    [own, path],
  )
  const hrefOf = useCallback(
    (change: Partial<Place>) => (own ? formatPlace({ ...place, ...change }, path) : null),
    [own, path, place],
  )
  return { place, go, hrefOf }
}
