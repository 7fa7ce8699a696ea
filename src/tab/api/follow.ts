import type { SpansEvent, SummaryEvent } from '../../http/schemas/live.ts'
import type { Api } from './client.ts'
import { asFailure, type Failure } from './failure.ts'
import { paths } from './paths.ts'
import { readEvents } from './server-sent.ts'

/** Milliseconds: the first and the longest wait before the stream is opened again. */
const WAIT = 500
const WAIT_MOST = 8_000
/** The service sends something at least this often; a stream that is silent for longer is dead. */
const SILENT = 45_000

export interface Follower {
  spans: (event: SpansEvent) => void
  summary: (event: SummaryEvent) => void
  complete: () => void
  /** What was missed cannot be told: everything is to be read again, and what comes later comes here. */
  reset: () => void
  /** The stream is there again (true), or it broke off (false). */
  connected: (on: boolean) => void
  /** There is no stream here: look now and then instead. */
  refused: (failure: Failure) => void
}

/**
 * Follows a running execution from `since` until it has ended or `signal` stops it. A stream that breaks is
 * opened again behind the last event that came, so nothing is lost and nothing comes twice.
 */
export async function follow(
  api: Api,
  execution: string,
  since: string,
  signal: AbortSignal,
  to: Follower,
): Promise<void> {
  let last = since
  let wait = WAIT
  while (!signal.aborted) {
    const one = new AbortController()
    const stop = () => one.abort()
    signal.addEventListener('abort', stop)
    let watchdog = setTimeout(stop, SILENT)
    try {
      const body = await api.stream(paths.stream(execution, last), one.signal, () => {
        clearTimeout(watchdog)
        watchdog = setTimeout(stop, SILENT)
      })
      to.connected(true)
      for await (const { event, id, data } of readEvents(body)) {
        wait = WAIT
        if (event === 'spans') to.spans(JSON.parse(data) as SpansEvent)
        else if (event === 'summary') to.summary(JSON.parse(data) as SummaryEvent)
        else if (event === 'reset') to.reset()
        if (id !== null) last = id
        if (event === 'complete') return to.complete()
        if (event === 'reconnect') break
      }
    } catch (error) {
      if (signal.aborted) return
      const failure = asFailure(error)
      if (!one.signal.aborted && failure.kind !== 'offline' && failure.status > 0 && failure.status < 500) {
        return to.refused(failure)
      }
      to.connected(false)
      wait = Math.max(wait, failure.retryAfterMs ?? 0)
    } finally {
      clearTimeout(watchdog)
      signal.removeEventListener('abort', stop)
      one.abort()
    }
    if (signal.aborted) return
    await new Promise((go) => setTimeout(go, wait))
    wait = Math.min(wait * 2, WAIT_MOST)
  }
}
