import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useTab } from '../hooks/tab-context.ts'
import { useChunk } from '../hooks/use-chunk.ts'
import { useCopy } from '../hooks/use-copy.ts'
import { useTrace } from '../hooks/use-trace.ts'
import { strings } from '../strings.ts'
import { Icon } from './icon.tsx'
import { MoreMenu } from './more-menu.tsx'
import { NotLoaded } from './not-loaded.tsx'
import { OpenIn } from './open-in.tsx'
import { FailureState, LoadingRows, StateCard } from './states.tsx'
import { StatusBadge } from './status.tsx'
import { Step } from './step.tsx'
import { TraceView } from './trace-view.tsx'

const TABS = ['execution', 'trace'] as const

interface Props {
  execution: string
  /** Goes to a newer (-1) or older (1) execution. */
  step: (by: number) => void
  /** Whether this one is the newest and the oldest of the list; null = there is no list. */
  ends: [newest: boolean, oldest: boolean] | null
  listButton: ComponentChildren
}

/** One execution: its name, the tabs, and what the chosen tab shows of it. */
export function ExecutionView({ execution, step, ends, listButton }: Props) {
  const { api, place, go, emit, announce, narrow } = useTab()
  const trace = useTrace(api, execution)
  const overview = useChunk(place.tab === 'execution', () => import('./overview-view.tsx'))
  const { loaded, summary, failure, loading } = trace
  const status = loaded?.execution.status
  const { staleSince: since, retry } = trace
  const stale = since === null || !failure ? null : { since, failure, retry }
  const empty = loaded !== null && loaded.columns.span_id.length === 0
  const partial = loaded !== null && loaded.cursor !== null
  const live = status === 'running'
  const here = loaded !== null
  const stepped = useRef(false)

  // biome-ignore lint/correctness/useExhaustiveDependencies: a state is told of once, whoever listens
  useEffect(() => {
    if (loading) emit('trace-state', { state: 'loading' })
    else if (failure)
      emit('trace-state', {
        state: failure.kind === 'error' || failure.kind === 'offline' ? 'error' : 'denied',
      })
    else if (here) emit('trace-state', { state: live ? 'live' : partial ? 'partial' : 'ready' })
  }, [loading, failure, here, live, partial])
  useEffect(() => {
    if (status && status !== 'running') announce(`${strings.execution} ${strings.status[status]}`)
  }, [status, announce])

  return (
    <>
      <div class="execution-head">
        {listButton}
        <ExecutionName execution={execution} workflow={narrow ? place.workflow : null} />
        {status && !(live && narrow) ? <StatusBadge status={status} /> : null}
        {live ? <LivePill broken={stale !== null || trace.stream === 'off'} /> : null}
        <span class="spacer" />
        {ends ? (
          <span class="steps wide-only">
            <Step icon="up" label={strings.newer} act={ends[0] ? null : () => step(-1)} />
            <Step icon="down" label={strings.older} act={ends[1] ? null : () => step(1)} />
          </span>
        ) : null}
        <OpenIn links={summary?.links ?? []} />
        {loaded ? <MoreMenu loaded={loaded} /> : null}
        <div class="tabs" role="tablist" aria-label={strings.execution}>
          {TABS.map((tab) => (
            <button
              key={tab}
              type="button"
              role="tab"
              id={`tab-${tab}`}
              aria-selected={place.tab === tab}
              aria-controls="tab-panel"
              tabIndex={place.tab === tab ? 0 : -1}
              onClick={() => go({ tab })}
              onKeyDown={(event) => {
                if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
                go({ tab: tab === 'trace' ? 'execution' : 'trace' })
                const other =
                  event.currentTarget.nextElementSibling ?? event.currentTarget.previousElementSibling
                if (other instanceof HTMLElement) other.focus()
              }}
            >
              {strings[tab]}
            </button>
          ))}
        </div>
      </div>
      <div
        class={`tab-panel ${loading && loaded ? 'switching' : ''}`}
        id="tab-panel"
        role="tabpanel"
        aria-labelledby={`tab-${place.tab}`}
        aria-busy={loading}
      >
        {failure && !loaded ? (
          <FailureState failure={failure} retry={trace.reload} />
        ) : !loaded ? (
          <LoadingRows />
        ) : empty ? (
          <StateCard icon="empty" title={strings.emptyTitle} text={strings.emptyText}>
            <button type="button" class="button" onClick={trace.reload}>
              <Icon name="refresh" />
              {strings.refresh}
            </button>
          </StateCard>
        ) : place.tab === 'execution' ? (
          typeof overview === 'function' ? (
            <NotLoaded retry={overview} />
          ) : (
            overview && <overview.OverviewView loaded={loaded} summary={summary} stale={stale} />
          )
        ) : (
          <TraceView
            key={loaded.execution.execution_id}
            loaded={loaded}
            summary={summary}
            stale={stale}
            loadMore={trace.loadMore}
            stepped={stepped}
            step={(by) => {
              stepped.current = true
              step(by)
            }}
          />
        )}
      </div>
    </>
  )
}

/** Milliseconds without a stream before that is said: most breaks are over sooner. */
const RECONNECTING = 5_000

function LivePill({ broken }: { broken: boolean }) {
  const [said, setSaid] = useState(false)
  useEffect(() => {
    if (!broken) return setSaid(false)
    const timer = setTimeout(() => setSaid(true), RECONNECTING)
    return () => clearTimeout(timer)
  }, [broken])
  return (
    <span class={`live ${said ? 'waiting' : ''}`}>
      <span class="live-dot" />
      {said ? strings.reconnecting : strings.live}
    </span>
  )
}

/** The name of the execution; a phone, which has no bar above it, says the workflow here. */
function ExecutionName({ execution, workflow }: { execution: string; workflow: string | null }) {
  const { copied, copy } = useCopy()
  return (
    <h2 class="execution-name">
      {workflow === null ? null : <small>{workflow}</small>}
      <span title={execution}>{execution}</span>
      <button
        type="button"
        class="icon-button small"
        title={copied ? strings.copied : strings.copy}
        aria-label={`${strings.copy} ${execution}`}
        onClick={() => copy(execution)}
      >
        <Icon name={copied ? 'check' : 'copy'} size={14} />
      </button>
    </h2>
  )
}
