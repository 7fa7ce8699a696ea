/** What a page that embeds `<trace-tab>` can rely on. */

/** What the tab shows. */
export interface Place {
  workflow: string | null
  execution: string | null
  span: string | null
  tab: 'execution' | 'trace'
}

export type TraceState = 'loading' | 'ready' | 'partial' | 'denied' | 'error' | 'live'

/** The element's events, by name, with their `detail`. All bubble and leave the shadow root. */
export interface TraceTabEvents {
  /** Cancelable: a host that owns the address changes `execution-id` itself. */
  'trace-execution-change': { workflowId: string; executionId: string }
  'trace-span-select': { spanId: string | null }
  'trace-state': { state: TraceState }
  /** Cancelable: a host may open the address in its own way. */
  'trace-open-external': { url: string; name: string }
}

/** The element's properties; its attributes are in docs/trace-tab.md. */
export interface TraceTabElement extends HTMLElement {
  /** Asked before every request, and once more after a 401. Never an attribute, never in an address. */
  getToken: (() => string | null | Promise<string | null>) | undefined
}
