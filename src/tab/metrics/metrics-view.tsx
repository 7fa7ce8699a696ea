import type { ViewProps } from '../hooks/view-props.ts'
import { strings } from '../strings.ts'
import metricsCss from '../styles/metrics.css?inline'
import tablesCss from '../styles/tables.css?inline'
import { Minimap } from '../views/minimap.tsx'
import { CostByModel, TokensByModel } from './by-model.tsx'
import { OnCriticalPath, SlowestSpans } from './slowest-spans.tsx'
import { TokensOverTime } from './tokens-over-time.tsx'
import { Usual } from './usual.tsx'

export const styles = [tablesCss, metricsCss]

/** What the execution used: tokens, money and time, each chart with its table. */
export function MetricsView({ loaded, summary, view, zoom, now }: ViewProps) {
  const models = summary?.by_model ?? []
  return (
    <div class="metrics">
      <Minimap
        columns={view.columns}
        extent={zoom.extent}
        window={zoom.zoomed}
        setWindow={zoom.zoomTo}
        now={now}
      />
      {models.length === 0 ? (
        <p class="none metrics-none">{strings.noModelCalls}</p>
      ) : (
        <>
          <TokensOverTime view={view} zoom={zoom} loaded={loaded} summary={summary} />
          <TokensByModel models={models} />
          <CostByModel models={models} />
        </>
      )}
      <SlowestSpans view={view} now={now} loaded={loaded} summary={summary} />
      <OnCriticalPath summary={summary} view={view} />
      {summary ? <Usual summary={summary} /> : null}
    </div>
  )
}
