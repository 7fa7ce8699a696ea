/** What the tab shows: the part of its state that an address holds. */
export interface Place {
  workflow: string | null
  execution: string | null
  /** `spanKey` of the selected span. */
  span: string | null
  tab: 'execution' | 'trace'
}

const PATH = /^\/workflows\/([^/]+)\/executions\/([^/]+)\/trace\/?$/

/** The place that an address of the standalone page names; `base` is the path the service is mounted on. */
export function parsePlace(url: URL, base: string): Place {
  const path = url.pathname.startsWith(base) ? url.pathname.slice(base.length) : url.pathname
  const match = PATH.exec(path)
  return {
    workflow: match?.[1] === undefined ? null : decode(match[1]),
    execution: match?.[2] === undefined ? null : decode(match[2]),
    span: url.searchParams.get('span'),
    tab: url.searchParams.get('tab') === 'execution' ? 'execution' : 'trace',
  }
}

/** The address of a place on the standalone page, from the root of the origin. */
export function formatPlace(place: Place, base: string): string {
  if (place.workflow === null || place.execution === null) return `${base}/`
  const query = new URLSearchParams()
  if (place.span !== null) query.set('span', place.span)
  if (place.tab === 'execution') query.set('tab', 'execution')
  const search = query.size > 0 ? `?${query}` : ''
  return `${base}/workflows/${encodeURIComponent(place.workflow)}/executions/${encodeURIComponent(place.execution)}/trace${search}`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
