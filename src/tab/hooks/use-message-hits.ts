import { useEffect, useState } from 'preact/hooks'
import type { Skeleton } from '../../http/schemas/trace.ts'
import type { Loaded } from '../api/load-trace.ts'
import { paths } from '../api/paths.ts'
import { spanKey } from '../model/columns.ts'
import { useTab } from './tab-context.ts'

/** Rows of an answer, and the shortest text that is sought in messages. */
const ROWS = 10_000
const SHORTEST = 2

/**
 * Spans whose messages hold the text that is sought: what was said is not here, so the service looks for it.
 * null = nothing is sought, or the answer is not here; the names are searched at once in any case.
 */
export function useMessageHits(loaded: Loaded): ReadonlySet<string> | null {
  const { api, place } = useTab()
  const [hits, setHits] = useState<{ path: string; keys: Set<string> } | null>(null)
  const q = place.query.trim()
  // Of a trace that is not here as a whole the service searches everything anyway.
  const wanted = q.length >= SHORTEST && loaded.cursor === null
  const path = wanted ? paths.search(loaded.execution.execution_id, { q }, ROWS) : null
  useEffect(() => {
    if (path === null) return
    const stop = new AbortController()
    api.get<Skeleton>(path, stop.signal).then(
      ({ body: { columns } }) => {
        const found = columns.span_id.map((_, n) => spanKey(columns, n)).filter((_, n) => columns.match?.[n])
        setHits({ path, keys: new Set(found) })
      },
      // Without an answer the names are what was searched.
      () => undefined,
    )
    return () => stop.abort()
  }, [api, path])
  return hits?.path === path ? (hits?.keys ?? null) : null
}
