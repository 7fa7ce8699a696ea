/** What a page that embeds `<trace-tab>` can rely on. */

/** The ways to look at a trace. */
export type ViewName = 'timeline' | 'graph' | 'metrics' | 'log' | 'compare'

/** What the tab shows: the part of its state that an address holds. */
export interface Place {
  workflow: string | null
  execution: string | null
  /** The selected span. */
  span: string | null
  tab: 'execution' | 'trace'
  view: ViewName
  /** The execution to compare with. */
  other: string | null
  /** Milliseconds from the start of the execution; null = the whole time. */
  zoom: { from: number; to: number } | null
  /** Text that is sought. */
  query: string
  /** Kinds of spans that the tree is narrowed to; empty = all. */
  kinds: readonly string[]
  errors: boolean
  critical: boolean
}

export type TraceState = 'loading' | 'ready' | 'partial' | 'denied' | 'error' | 'live'

/** The element's events, by name, with their `detail`. All bubble and leave the shadow root. */
export interface TraceTabEvents {
  /** Cancelable: a host that owns the address changes `execution-id` itself. */
  'trace-execution-change': { workflowId: string; executionId: string }
  'trace-span-select': { spanId: string | null }
  /** The reader looks at another view, narrows or zooms: a host that owns the address may keep it. */
  'trace-place-change': { place: Place }
  'trace-state': { state: TraceState }
  /** Cancelable: a host may open the address in its own way. */
  'trace-open-external': { url: string; name: string }
}

/** The element's properties; its attributes are in docs/trace-tab.md. */
export interface TraceTabElement extends HTMLElement {
  /** Asked before every request, and once more after a 401. Never an attribute, never in an address. */
  getToken: (() => string | null | Promise<string | null>) | undefined
}
