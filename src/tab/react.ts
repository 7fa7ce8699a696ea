import { type CSSProperties, createElement, type ReactElement, useLayoutEffect, useRef } from 'react'
import type { Place, TraceState, TraceTabElement, ViewName } from './public.ts'
import './trace-tab.ts'

export interface TraceTabProps {
  baseUrl?: string
  workflowId?: string
  executionId?: string
  spanId?: string
  view?: 'execution' | 'trace' | ViewName
  theme?: 'auto' | 'light' | 'dark' | 'inherit'
  hide?: string
  locale?: string
  className?: string
  style?: CSSProperties
  /** Asked before every request, and once more after a 401. */
  getToken: () => string | null | Promise<string | null>
  /** `false` = the tab does not go there: the host changes `executionId` itself, or not. */
  onExecutionChange?: (detail: { workflowId: string; executionId: string }) => unknown
  onSpanSelect?: (detail: { spanId: string | null }) => void
  onPlaceChange?: (detail: { place: Place }) => void
  onState?: (detail: { state: TraceState }) => void
  /** `false` = the link is not followed: the host opens the address in its own way. */
  onOpenExternal?: (detail: { url: string; name: string }) => unknown
}

/** `<trace-tab>` for React 17 and newer: properties become attributes, events become callbacks. */
export function TraceTab(props: TraceTabProps): ReactElement {
  const element = useRef<TraceTabElement | null>(null)
  const latest = useRef(props)
  latest.current = props
  useLayoutEffect(() => {
    const node = element.current
    if (!node) return
    node.getToken = () => latest.current.getToken()
    const stop = new AbortController()
    const listen = (name: string, call: (detail: never) => unknown) =>
      node.addEventListener(
        name,
        (event) => {
          if (call((event as CustomEvent).detail as never) === false) event.preventDefault()
        },
        { signal: stop.signal },
      )
    listen('trace-execution-change', (detail) => latest.current.onExecutionChange?.(detail))
    listen('trace-span-select', (detail) => latest.current.onSpanSelect?.(detail))
    listen('trace-place-change', (detail) => latest.current.onPlaceChange?.(detail))
    listen('trace-state', (detail) => latest.current.onState?.(detail))
    listen('trace-open-external', (detail) => latest.current.onOpenExternal?.(detail))
    return () => stop.abort()
  }, [])
  return createElement('trace-tab', {
    ref: element,
    'base-url': props.baseUrl,
    'workflow-id': props.workflowId,
    'execution-id': props.executionId,
    'span-id': props.spanId,
    view: props.view,
    theme: props.theme,
    hide: props.hide,
    locale: props.locale,
    class: props.className,
    style: props.style,
  })
}
