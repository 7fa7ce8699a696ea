import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { Api } from '../api/client.ts'
import { asFailure, type Failure } from '../api/failure.ts'
import { paths } from '../api/paths.ts'
import { type Executions, join, renew } from '../model/execution-rows.ts'

/** How often the list is read again while it is looked at, in milliseconds. */
const RENEW = 10_000

export interface ExecutionList {
  rows: Executions | null
  failure: Failure | null
  hasMore: boolean
  /** What the list is narrowed to; '' = nothing. */
  status: string
  setStatus: (status: string) => void
  loadMore: () => void
  reload: () => void
}

/**
 * The executions of a workflow, newest first; the first page is renewed while the page is visible. It is the service
 * that narrows them, for it knows those that are not loaded.
 */
export function useExecutions(api: Api, workflow: string | null): ExecutionList {
  const [rows, setRows] = useState<Executions | null>(null)
  const [failure, setFailure] = useState<Failure | null>(null)
  const [cursor, setCursor] = useState<string | null>(null)
  const [status, setStatus] = useState('')
  const [attempt, setAttempt] = useState(0)
  const life = useRef(new AbortController())

  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` asks for another read
  useEffect(() => {
    const stop = new AbortController()
    life.current = stop
    setRows(null)
    setFailure(null)
    setCursor(null)
    if (workflow === null) return
    const read = async (first: boolean) => {
      try {
        const { body, next } = await api.get<Executions>(
          paths.executions(workflow, status, null),
          stop.signal,
        )
        setRows((before) => (first || !before || next === null ? body : renew(before, body)))
        if (first) setCursor(next)
      } catch (error) {
        if (stop.signal.aborted) return
        const reason = asFailure(error)
        setFailure(reason)
        // A token that may not read is not tried again and again.
        if (reason.kind !== 'error' && reason.kind !== 'offline') return clearInterval(timer)
      }
    }
    const timer = setInterval(() => {
      if (!document.hidden) void read(false)
    }, RENEW)
    void read(true)
    return () => {
      stop.abort()
      clearInterval(timer)
    }
  }, [api, workflow, status, attempt])

  const loadMore = useCallback(() => {
    if (workflow === null || cursor === null) return
    const { signal } = life.current
    setCursor(null)
    api.get<Executions>(paths.executions(workflow, status, cursor), signal).then(
      ({ body, next }) => {
        setRows((before) => join(before ?? [], body))
        setCursor(next)
      },
      (error) => {
        if (signal.aborted) return
        setCursor(cursor)
        setFailure(asFailure(error))
      },
    )
  }, [api, workflow, status, cursor])

  return {
    rows,
    failure,
    hasMore: cursor !== null,
    status,
    setStatus,
    loadMore,
    reload: () => setAttempt((n) => n + 1),
  }
}
