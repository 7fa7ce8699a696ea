import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { SpansEvent } from '../../http/schemas/live.ts'
import type { Summary } from '../../http/schemas/trace.ts'
import type { Api } from '../api/client.ts'
import { asFailure, type Failure } from '../api/failure.ts'
import { AUTOMATIC_ROWS, type Loaded, loadTrace } from '../api/load-trace.ts'
import { paths } from '../api/paths.ts'
import { mergeRows } from '../model/merge-rows.ts'

/** Milliseconds between two looks at a running execution, and the most: after looks without news, and at many rows. */
const LOOK = 2_000
const LOOK_MOST = 10_000
const MANY = 10_000
/** Retries after an error: the first wait and the longest. */
const RETRY = 1_000
const RETRY_MOST = 30_000

export interface TraceState {
  /** The execution that `loaded` and `summary` are of; during a switch still the earlier one. */
  execution: string | null
  loading: boolean
  loaded: Loaded | null
  summary: Summary | null
  failure: Failure | null
  /** When the last good answer came, if the service stopped answering since. */
  staleSince: number | null
  /** A running execution is followed by its stream (`on`), the stream broke off (`off`), or neither. */
  stream: 'on' | 'off' | null
}

const nothing: TraceState = {
  execution: null,
  loading: false,
  loaded: null,
  summary: null,
  failure: null,
  staleSince: null,
  stream: null,
}

/**
 * An execution's structure and summary. A running one is looked at again and again, gently and only while the
 * page is visible. A refusal forgets everything of the earlier trace and is not repeated; an error keeps the
 * last good trace and is retried with growing waits.
 */
export function useTrace(api: Api, execution: string | null) {
  const [state, setState] = useState<TraceState>(nothing)
  const [attempt, setAttempt] = useState(0)
  const more = useRef<(() => void) | null>(null)
  const again = useRef<(() => void) | null>(null)

  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` asks for another read
  useEffect(() => {
    if (execution === null) return setState(nothing)
    const stop = new AbortController()
    const { signal } = stop
    let timer = 0
    let wait = LOOK
    let retry = RETRY
    let good: Loaded | null = null
    let goodAt = 0
    let looking = false
    let looked = 0
    /** What the stream told so far. */
    let news = 0
    let print = ''
    let wanted = AUTOMATIC_ROWS

    const patch = (change: Partial<TraceState>) => {
      if (!signal.aborted) setState((before) => ({ ...before, ...change }))
    }
    const later = (ms: number) => {
      clearTimeout(timer)
      timer = window.setTimeout(() => {
        timer = 0
        if (document.hidden || looking) later(LOOK)
        else void look()
      }, ms)
    }
    const rest = () => (good && good.total > MANY ? LOOK_MOST : LOOK)
    /** Reads anew what the stream cannot tell: at once, if that is not just what was done. */
    const anew = () => {
      if (timer === 0) later(Math.max(0, looked + rest() - Date.now()))
    }
    const show = (loaded: Loaded) => {
      good = loaded
      goodAt = Date.now()
      patch({ execution, loaded, loading: false, failure: null, staleSince: null })
    }
    const look = async (from?: Loaded) => {
      const known = news
      looking = true
      looked = Date.now()
      try {
        const first = good === null
        const readSummary = api.get<Summary>(paths.summary(execution), signal)
        readSummary.catch(() => undefined)
        const loaded = await loadTrace(api, execution, {
          wanted,
          signal,
          ...(from ? { from } : {}),
          ...(first || from ? { onPage: show } : {}),
        })
        const summary = (await readSummary).body
        const now = fingerprint(loaded, summary)
        wait = now === print ? Math.min(wait * 1.5, LOOK_MOST) : LOOK
        if (now !== print) {
          show(loaded)
          patch({ summary })
        } else {
          goodAt = Date.now()
          patch({ staleSince: null, failure: null })
        }
        print = now
        retry = RETRY
        if (loaded.execution.status !== 'running') return patch({ stream: null })
        if (!streaming) return void listen(loaded)
        if (!streamed) later(Math.max(wait, rest()))
        // what came meanwhile may not be in what was read
        else if (known !== news) anew()
      } catch (error) {
        if (!signal.aborted) fail(asFailure(error))
      } finally {
        looking = false
      }
    }
    let streaming = false
    let streamed = false
    // One stream for as long as the execution runs; its reader is loaded only for one that does.
    const listen = async (from: Loaded) => {
      streaming = true
      streamed = true
      const refused = () => {
        streamed = false
        patch({ stream: null })
        later(LOOK)
      }
      // without the reader of streams it is looked at again and again, as where there is no stream
      const part = await import('../api/follow.ts').catch(refused)
      await part?.follow(api, execution, from.execution.stream_from, signal, {
        connected: (on) => patch({ stream: on ? 'on' : 'off' }),
        spans: (event) => {
          news += 1
          const merged = good && takeSpans(good, event)
          if (merged) show(merged)
          else anew()
        },
        summary: (event) => {
          // what began earlier moves all that is here
          if (good && event.started_at !== good.execution.started_at) anew()
          if (good) show({ ...good, execution: { ...good.execution, status: event.status } })
          setState((before) =>
            before.summary && !signal.aborted
              ? { ...before, summary: { ...before.summary, ...event } }
              : before,
          )
        },
        complete: () => {
          streamed = false
          void look()
        },
        reset: () => void look(),
        refused,
      })
    }
    const fail = (failure: Failure) => {
      if (failure.kind !== 'error' && failure.kind !== 'offline') {
        return patch({ ...nothing, execution, failure })
      }
      if (good) patch({ staleSince: goodAt, failure })
      else patch({ ...nothing, execution, failure })
      later(Math.max(failure.retryAfterMs ?? 0, retry))
      retry = Math.min(retry * 2, RETRY_MOST)
    }
    const seen = () => {
      if (!document.hidden && !streamed && good?.execution.status === 'running') later(0)
    }

    more.current = () => {
      if (!good?.cursor) return
      wanted = good.columns.span_id.length + AUTOMATIC_ROWS
      void look(good)
    }
    again.current = () => later(0)
    document.addEventListener('visibilitychange', seen)
    setState((before) => ({
      ...(before.failure ? nothing : before),
      loading: true,
      failure: null,
      staleSince: null,
    }))
    void look()
    return () => {
      stop.abort()
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', seen)
    }
  }, [api, execution, attempt])

  const reload = useCallback(() => setAttempt((n) => n + 1), [])
  const loadMore = useCallback(() => more.current?.(), [])
  const retry = useCallback(() => again.current?.(), [])
  return { ...state, reload, retry, loadMore }
}

/** The trace with what the stream brought; null = it must be read anew. */
function takeSpans(good: Loaded, event: SpansEvent): Loaded | null {
  if (good.cursor !== null || event.trace_ids.join() !== good.execution.trace_ids.join()) return null
  const columns = mergeRows(good.columns, event)
  const execution = { ...good.execution, tree_version: event.tree_version }
  return columns && { ...good, execution, columns, total: event.total }
}

/** Changes when there is something new to show. */
function fingerprint(loaded: Loaded, summary: Summary): string {
  let running = 0
  for (const duration of loaded.columns.duration_ms) if (duration === null) running += 1
  return [
    loaded.execution.status,
    loaded.execution.tree_version,
    loaded.execution.complete,
    loaded.total,
    loaded.columns.span_id.length,
    running,
    summary.tokens.total,
    summary.cost.amount,
    summary.error_count,
    summary.notices.length,
  ].join('|')
}
