import { useEffect, useState } from 'preact/hooks'
import type { Stats } from '../../http/schemas/compare.ts'
import type { Summary } from '../../http/schemas/trace.ts'
import { paths } from '../api/paths.ts'
import { useTab } from '../hooks/tab-context.ts'
import { type UsualRow, usualRows } from '../model/usual.ts'
import { strings } from '../strings.ts'
import { Icon } from '../views/icon.tsx'
import { Chart } from './chart.tsx'

/** How this execution did beside the others of its workflow: each node's time against its usual time. */
export function Usual({ summary }: { summary: Summary }) {
  const { api, format } = useTab()
  const [stats, setStats] = useState<Stats | null>(null)
  const workflow = summary.workflow_id
  useEffect(() => {
    const stop = new AbortController()
    // Without an answer there is nothing to compare with: the rest of the metrics stands for itself.
    api.get<Stats>(paths.stats(workflow), stop.signal).then(
      ({ body }) => setStats(body),
      () => undefined,
    )
    return () => stop.abort()
  }, [api, workflow])
  const rows = stats ? usualRows(stats, summary) : []
  if (!stats || rows.length === 0) return null
  const { total, by_status: by } = stats.executions
  return (
    <Chart
      wide
      readable
      title={strings.usual}
      note={strings.usualLead(format.count(total), format.percent((by.failed ?? 0) / Math.max(1, total)))}
      figures={{
        head: [
          strings.node,
          `${strings.thisExecution} (ms)`,
          'p50 (ms)',
          'p95 (ms)',
          strings.calls,
          strings.errors,
        ],
        rows: rows.map((row) => [row.name, row.here, row.p50, row.p95, row.runs, row.errors]),
        shown: rows.map((row) => [
          row.name,
          format.duration(row.here),
          format.duration(row.p50),
          format.duration(row.p95),
          format.count(row.runs),
          format.count(row.errors),
        ]),
      }}
    >
      <div class="usual-rows">
        {rows.map((row) => (
          <Row key={row.id ?? ''} row={row} />
        ))}
      </div>
      <p class="legend">
        <span>
          <span class="legend-mark usual-band" />
          {strings.usualBand}
        </span>
        <span>
          <span class="legend-mark usual-mark" />
          {strings.thisExecution}
        </span>
        <span>{strings.ownScale}</span>
      </p>
    </Chart>
  )
}

/** Where the largest value of a row stands, in percent of its track: marks have a width. */
const END = 98

/** On a scale of its own, from 0: a node of ten milliseconds would be a dot beside one of a minute. */
function Row({ row }: { row: UsualRow }) {
  const { format } = useTab()
  const { here, p50, p95 } = row
  const most = Math.max(1e-9, p95 ?? 0, here ?? 0)
  const part = (ms: number) => `${(ms / most) * END}%`
  return (
    <div class={`usual-row ${row.id === null ? 'whole' : ''}`}>
      <span class="bar-label" title={row.name}>
        {row.name}
      </span>
      <span class="usual-track">
        {p50 === null || p95 === null ? null : (
          <span class="usual-band" style={{ left: part(p50), width: part(p95 - p50) }} />
        )}
        {here === null ? null : <span class="usual-mark" style={{ left: part(here) }} />}
      </span>
      <span class="num">{format.duration(here)}</span>
      <span class="faint usual-text">{strings.usually(format.duration(p50), format.duration(p95))}</span>
      <span class="usual-flag">
        {row.isSlow ? (
          <>
            <Icon name="alert" size={12} />
            {strings.slowerThanUsual}
          </>
        ) : null}
      </span>
    </div>
  )
}
