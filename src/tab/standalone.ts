import { askEarly } from './api/early.ts'
import { FIRST_PAGE } from './api/load-trace.ts'
import { paths } from './api/paths.ts'
import type { TraceTab } from './element.tsx'
import { parsePlace } from './model/place.ts'
import './trace-tab.ts'

// The token lives in this browser tab alone: it leaves the address before anything else is done.
const KEY = 'workflow-trace.token'

function takeToken(): void {
  const fragment = new URLSearchParams(location.hash.slice(1))
  const token = fragment.get('token')
  if (token === null) return
  sessionStorage.setItem(KEY, token)
  history.replaceState(history.state, '', location.pathname + location.search)
}

takeToken()

const tab = document.querySelector<TraceTab>('trace-tab')
if (tab) {
  // What the address asks for is on its way while the tab is made.
  const token = sessionStorage.getItem(KEY)
  const base = tab.getAttribute('base-url') ?? ''
  const { execution } = parsePlace(new URL(location.href), base)
  if (token !== null && execution !== null) {
    askEarly(base + paths.skeleton(execution, FIRST_PAGE, null), token)
    askEarly(base + paths.summary(execution), token)
  }
  tab.getToken = () => sessionStorage.getItem(KEY)
  tab.signIn = (token) => sessionStorage.setItem(KEY, token)
  // A link with a token pasted into an open tab changes only the fragment.
  addEventListener('hashchange', () => {
    takeToken()
    tab.reload()
  })
}
