import { useEffect, useState } from 'preact/hooks'
import type { SpanDetail } from '../../http/schemas/trace.ts'
import type { Api } from '../api/client.ts'
import { asFailure, type Failure } from '../api/failure.ts'
import { paths } from '../api/paths.ts'

/** Spans whose content is kept, so that going back costs nothing. */
const KEPT = 60

export interface SpanState {
  span: SpanDetail | null
  failure: Failure | null
  retry: () => void
}

/**
 * One span with its content. `version` changes when what was read may be old (a running span ended); the
 * span that is shown stays until the new one is here.
 */
export function useSpan(
  api: Api,
  execution: string | null,
  span: { id: string; trace: string | undefined; version: string } | null,
): SpanState {
  const [state, setState] = useState<{ key: string; span: SpanDetail | null; failure: Failure | null }>({
    key: '',
    span: null,
    failure: null,
  })
  const [attempt, setAttempt] = useState(0)
  const [kept] = useState(() => new Map<string, SpanDetail>())
  const key = execution === null || span === null ? '' : `${execution}/${span.trace ?? ''}/${span.id}`
  const version = span?.version ?? ''

  // biome-ignore lint/correctness/useExhaustiveDependencies: key and version stand for the span, attempt asks again
  useEffect(() => {
    if (execution === null || span === null) return
    const known = kept.get(`${key}@${version}`)
    if (known) return setState({ key, span: known, failure: null })
    const stop = new AbortController()
    const read = async () => {
      try {
        const { body } = await api.get<SpanDetail>(paths.span(execution, span.id, span.trace), stop.signal)
        kept.set(`${key}@${version}`, body)
        const [oldest] = kept.keys()
        if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest)
        setState({ key, span: body, failure: null })
      } catch (error) {
        if (!stop.signal.aborted) setState({ key, span: null, failure: asFailure(error) })
      }
    }
    void read()
    return () => stop.abort()
  }, [api, key, version, attempt])

  const own = state.key === key && key !== ''
  return {
    span: own ? state.span : null,
    failure: own ? state.failure : null,
    retry: () => setAttempt((n) => n + 1),
  }
}
