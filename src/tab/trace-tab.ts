import { TraceTab } from './element.tsx'

export type { Place } from './public.ts'
export { TraceTab }

// A page may load the module twice; the name can be taken only once.
if (!customElements.get('trace-tab')) customElements.define('trace-tab', TraceTab)
