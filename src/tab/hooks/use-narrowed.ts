import { useEffect, useState } from 'preact/hooks'
import type { Skeleton } from '../../http/schemas/trace.ts'
import type { Loaded } from '../api/load-trace.ts'
import { paths } from '../api/paths.ts'
import { type Columns, parseKey } from '../model/columns.ts'
import { type KindGroup, kindsOf } from '../model/kinds.ts'
import { useTab } from './tab-context.ts'

/** Rows that one answer of the service brings. */
const ROWS = 1_000
/** The shortest text that the service searches for. */
const SHORTEST = 2

/** A part of a trace that is too large to be here as a whole. */
export interface Narrowed {
  /** `search`: what matches, with its ancestors; `around`: what surrounds the span of the address. */
  reason: 'search' | 'around'
  columns: Columns
  /** Which rows match; null = nothing was sought. */
  found: boolean[] | null
  /** Rows of the whole answer. */
  total: number
  message: string | null
}

/**
 * When not all rows are loaded, searches and filters are the service's work, and a span of the address that is
 * not among the loaded rows is shown with its neighbourhood. null = the loaded rows are enough.
 */
export function useNarrowed(loaded: Loaded): Narrowed | null {
  const { api, place } = useTab()
  const [narrowed, setNarrowed] = useState<{ path: string; answer: Narrowed } | null>(null)
  const path = loaded.cursor === null ? null : pathOf(loaded, place)

  useEffect(() => {
    if (path === null) return setNarrowed(null)
    const stop = new AbortController()
    api.get<Skeleton>(path, stop.signal).then(
      ({ body }) => {
        const { match, ...columns } = body.columns
        setNarrowed({
          path,
          answer: {
            reason: body.around ? 'around' : 'search',
            columns,
            found: match ?? (body.around ? null : columns.span_id.map(() => false)),
            total: body.total,
            message: body.notices?.[0]?.message ?? null,
          },
        })
      },
      // Without an answer the loaded rows stay.
      () => undefined,
    )
    return () => stop.abort()
  }, [api, path])
  return narrowed && narrowed.path === path ? narrowed.answer : null
}

function pathOf(loaded: Loaded, place: ReturnType<typeof useTab>['place']): string | null {
  const { columns, execution } = loaded
  const q = place.query.trim()
  const kind = place.kinds.flatMap((group) => kindsOf(group as KindGroup)).join(',')
  const filter = {
    ...(q.length >= SHORTEST ? { q } : {}),
    ...(kind ? { kind } : {}),
    ...(place.errors ? { status: 'error' } : {}),
  }
  if (Object.keys(filter).length > 0) return paths.search(execution.execution_id, filter, ROWS)
  if (place.span === null) return null
  const { spanId } = parseKey(place.span)
  return columns.span_id.includes(spanId) ? null : paths.around(execution.execution_id, spanId, ROWS)
}
