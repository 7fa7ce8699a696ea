import type { ComponentType } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { ViewProps } from '../hooks/view-props.ts'
import type { ViewName } from '../model/place.ts'
import { adopt } from '../styles/sheets.ts'
import { NotLoaded } from './not-loaded.tsx'
import { LoadingRows } from './states.tsx'

interface Loaded {
  View: ComponentType<ViewProps>
  styles: readonly string[]
}

/** The views that are loaded when they are first looked at, each with its style. */
const loaders: Record<LazyName, () => Promise<Loaded>> = {
  graph: async () => {
    const { GraphView, styles } = await import('../graph/graph-view.tsx')
    return { View: GraphView, styles }
  },
  metrics: async () => {
    const { MetricsView, styles } = await import('../metrics/metrics-view.tsx')
    return { View: MetricsView, styles }
  },
  log: async () => {
    const { LogView, styles } = await import('../log/log-view.tsx')
    return { View: LogView, styles }
  },
  compare: async () => {
    const { CompareView, styles } = await import('../compare/compare-view.tsx')
    return { View: CompareView, styles }
  },
}

type LazyName = Exclude<ViewName, 'timeline'>
const here = new Map<LazyName, Loaded>()

/** A view that is loaded when it is first wanted, in a frame that scrolls. */
export function LazyView({ name, ...props }: ViewProps & { name: LazyName }) {
  const [, setVersion] = useState(0)
  const [tries, setTries] = useState(0)
  const [failed, setFailed] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each try asks anew
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
  }, [name, tries])
  const loaded = here.get(name)
  const frame = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    if (loaded && frame.current) adopt(frame.current.getRootNode(), loaded.styles)
  }, [loaded])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keys must reach it
    <div ref={frame} class={`view-body view-${name}`} tabIndex={0}>
      {loaded ? (
        <loaded.View {...props} />
      ) : failed ? (
        <NotLoaded retry={() => setTries(tries + 1)} />
      ) : (
        <LoadingRows />
      )}
    </div>
  )
}
