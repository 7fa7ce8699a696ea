import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { ViewProps } from '../hooks/view-props.ts'
import type { ViewName } from '../model/place.ts'
import { strings } from '../strings.ts'
import { LoadingRows, StateCard } from './states.tsx'

/** The views that are loaded when they are first looked at. */
const loaders: Record<Exclude<ViewName, 'timeline'>, () => Promise<ComponentType<ViewProps>>> = {
  graph: async () => (await import('../graph/graph-view.tsx')).GraphView,
  metrics: async () => (await import('../metrics/metrics-view.tsx')).MetricsView,
  log: async () => (await import('../log/log-view.tsx')).LogView,
  compare: async () => (await import('../compare/compare-view.tsx')).CompareView,
}

const here = new Map<ViewName, ComponentType<ViewProps>>()

export function LazyView({ name, ...props }: ViewProps & { name: Exclude<ViewName, 'timeline'> }) {
  const [, setVersion] = useState(0)
  const [failed, setFailed] = useState(false)
  const [attempt, setAttempt] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` asks for another try
  useEffect(() => {
    if (here.has(name)) return
    let gone = false
    setFailed(false)
    loaders[name]().then(
      (view) => {
        here.set(name, view)
        if (!gone) setVersion((version) => version + 1)
      },
      () => {
        if (!gone) setFailed(true)
      },
    )
    return () => {
      gone = true
    }
  }, [name, attempt])
  const View = here.get(name)
  if (View) return <View {...props} />
  if (!failed) return <LoadingRows />
  return (
    <StateCard icon="offline" title={strings.viewFailed} text={strings.offlineText}>
      <button type="button" class="button" onClick={() => setAttempt(attempt + 1)}>
        {strings.retry}
      </button>
    </StateCard>
  )
}
