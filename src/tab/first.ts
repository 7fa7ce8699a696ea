/**
 * What the page does before the tab is there, in a script of its own that is small and loaded first: the token leaves
 * the address, and what the address asks for is on its way while the tab itself is still being loaded and made.
 */
import { askEarly } from './api/early.ts'
import { FIRST_PAGE, paths } from './api/paths.ts'
import { parsePlace } from './model/place.ts'

const KEY = 'workflow-trace.token'

/** The token lives in this browser tab alone. */
export const tokens = {
  get: () => sessionStorage.getItem(KEY),
  set: (token: string) => sessionStorage.setItem(KEY, token),
  /** Takes it out of the address, where a link brought one. */
  take(): void {
    const token = new URLSearchParams(location.hash.slice(1)).get('token')
    if (token === null) return
    tokens.set(token)
    history.replaceState(history.state, '', location.pathname + location.search)
  },
}

tokens.take()

// the scripts are below the base path; the element that names it may not be there yet
const base = new URL(import.meta.url).pathname.replace(/\/assets\/.*/, '')
const token = tokens.get()
const { execution } = parsePlace(new URL(location.href), base)
if (token !== null && execution !== null) {
  askEarly(base + paths.skeleton(execution, FIRST_PAGE, null), token)
  askEarly(base + paths.summary(execution), token)
}

// The first of each costs tens of milliseconds, whatever its options, for the browser then reads what it knows of the
// language: while the tab and the spans are on their way there is time for it.
new Intl.NumberFormat()
new Intl.DateTimeFormat()
