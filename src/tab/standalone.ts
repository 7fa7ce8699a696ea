import type { TraceTab } from './element.tsx'
import { tokens } from './first.ts'
import './trace-tab.ts'

const tab = document.querySelector<TraceTab>('trace-tab')
if (tab) {
  tab.getToken = tokens.get
  tab.signIn = tokens.set
  // A link with a token pasted into an open tab changes only the fragment.
  addEventListener('hashchange', () => {
    tokens.take()
    tab.reload()
  })
}
