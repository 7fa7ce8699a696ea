import { useMemo } from 'preact/hooks'
import type { Summary } from '../../http/schemas/trace.ts'
import { useTab } from '../hooks/tab-context.ts'
import type { ViewProps } from '../hooks/view-props.ts'
import { type Columns, spanKey, titleOf } from '../model/columns.ts'
import { keyOfTold } from '../model/critical-path.ts'
import { slowestSpans } from '../model/slowest.ts'
import { strings } from '../strings.ts'
import { SpanBars, type TimedRow } from './span-bars.tsx'

const MOST = 10

type Told = Summary['slowest'][number]

/**
 * Where the time went: the spans that took the most themselves. Of a trace that is not here as a whole the
 * service says which these are.
 */
export function SlowestSpans({ view, now, loaded, summary }: Omit<ViewProps, 'zoom' | 'selection'>) {
  const { tree, columns } = view
  const whole = loaded.cursor === null
  const rows = useMemo(() => {
    if (!whole && summary) return summary.slowest.slice(0, MOST).map((span) => toRow(span, columns))
    return slowestSpans(tree, columns, now, MOST).map((row): TimedRow => {
      const index = tree.span[row.row] ?? -1
      return {
        key: spanKey(columns, index),
        title: titleOf(columns, index),
        kind: columns.kind[index] ?? 'internal',
        self: row.self,
        duration: row.duration,
      }
    })
  }, [tree, columns, now, whole, summary])
  return <SpanBars title={strings.slowest} note={strings.slowestLead} rows={rows} />
}

/** What the end of the execution waited for, by the time on that path alone. */
export function OnCriticalPath({ summary, view }: { summary: Summary | null; view: ViewProps['view'] }) {
  const { format } = useTab()
  const path = summary?.critical_path
  if (!path || path.spans.length === 0) return null
  const rows = [...path.spans].sort((a, b) => b.self_ms - a.self_ms).slice(0, MOST)
  return (
    <SpanBars
      title={strings.criticalPath}
      note={strings.criticalPathLead(format.count(path.steps))}
      rows={rows.map((span) => toRow(span, view.columns))}
    />
  )
}

/** The title of the tree where the span is loaded, so that it has one name in every view. */
function toRow(span: Told, columns: Columns): TimedRow {
  const index = columns.span_id.indexOf(span.span_id)
  return {
    key: keyOfTold(span),
    title: index < 0 ? span.name : titleOf(columns, index),
    kind: span.kind,
    self: span.self_ms,
    duration: span.duration_ms,
  }
}
