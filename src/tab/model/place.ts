import type { Place, ViewName } from '../public.ts'
import { KIND_GROUPS } from './kinds.ts'

export type { Place, ViewName } from '../public.ts'

export const VIEWS: readonly ViewName[] = ['timeline', 'graph', 'metrics', 'log', 'compare']

/** A place where nothing is chosen and nothing is narrowed. */
export const nowhere: Place = {
  workflow: null,
  execution: null,
  span: null,
  tab: 'trace',
  view: 'timeline',
  other: null,
  zoom: null,
  query: '',
  kinds: [],
  errors: false,
  critical: false,
}

/** What another execution starts with: the way of looking stays, what belonged to the spans goes. */
export const afresh: Partial<Place> = { span: null, zoom: null, query: '', kinds: [], errors: false }

const PATH = /^\/workflows\/([^/]+)\/executions\/([^/]+)\/trace\/?$/

/** The view that a word names; a word that is none is the time line. */
export function viewNamed(word: string | null): ViewName {
  return VIEWS.find((name) => name === word) ?? 'timeline'
}

/** The place that an address of the standalone page names; `base` is the path the service is mounted on. */
export function parsePlace(url: URL, base: string): Place {
  const path = url.pathname.startsWith(base) ? url.pathname.slice(base.length) : url.pathname
  const match = PATH.exec(path)
  const query = url.searchParams
  const kinds = new Set(query.get('kind')?.split(','))
  return {
    workflow: match?.[1] === undefined ? null : decode(match[1]),
    execution: match?.[2] === undefined ? null : decode(match[2]),
    span: query.get('span'),
    tab: query.get('tab') === 'execution' ? 'execution' : 'trace',
    view: viewNamed(query.get('view')),
    other: query.get('with'),
    zoom: parseZoom(query.get('zoom')),
    query: query.get('q') ?? '',
    kinds: KIND_GROUPS.filter((group) => kinds.has(group)),
    errors: query.get('errors') === '1',
    critical: query.get('critical') === '1',
  }
}

/** The address of a place on the standalone page, from the root of the origin. */
export function formatPlace(place: Place, base: string): string {
  if (place.workflow === null || place.execution === null) return `${base}/`
  const query = new URLSearchParams()
  if (place.span !== null) query.set('span', place.span)
  if (place.tab === 'execution') query.set('tab', 'execution')
  if (place.view !== 'timeline') query.set('view', place.view)
  if (place.other !== null) query.set('with', place.other)
  if (place.zoom) query.set('zoom', `${short(place.zoom.from)}-${short(place.zoom.to)}`)
  if (place.query !== '') query.set('q', place.query)
  if (place.kinds.length > 0) query.set('kind', place.kinds.join(','))
  if (place.errors) query.set('errors', '1')
  if (place.critical) query.set('critical', '1')
  const search = query.size > 0 ? `?${query}` : ''
  return `${base}/workflows/${encodeURIComponent(place.workflow)}/executions/${encodeURIComponent(place.execution)}/trace${search}`
}

/** Milliseconds with at most three digits after the point. */
function short(ms: number): string {
  return String(Math.round(ms * 1000) / 1000)
}

function parseZoom(text: string | null): Place['zoom'] {
  const match = /^(-?\d+(?:\.\d+)?)-(-?\d+(?:\.\d+)?)$/.exec(text ?? '')
  if (!match) return null
  const from = Number(match[1])
  const to = Number(match[2])
  return to > from ? { from, to } : null
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
