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
  // Of this page the tab is all there is: its keys work before anything in it has the focus, too.
  addEventListener('keydown', (event) => {
    if (event.target !== document.body) return
    const within = tab.shadowRoot?.querySelector('.trace') ?? tab.shadowRoot?.querySelector('.app')
    if (within?.dispatchEvent(new KeyboardEvent('keydown', event)) === false) event.preventDefault()
  })
}
