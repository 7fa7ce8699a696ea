import { useTab } from '../hooks/tab-context.ts'
import type { SpanKind } from '../model/kinds.ts'
import { strings } from '../strings.ts'
import { KindGlyph } from '../views/kind-glyph.tsx'
import { PlaceLink } from '../views/place-link.tsx'
import { BarRows } from './bar-rows.tsx'
import { Chart } from './chart.tsx'

/** A span with a time that is its own, and the time that it took with what is below it. */
export interface TimedRow {
  /** As in the address. */
  key: string
  title: string
  kind: SpanKind
  self: number
  duration: number | null
}

/** Spans by a time of their own, each a way into the tree. */
export function SpanBars({ title, note, rows }: { title: string; note: string; rows: TimedRow[] }) {
  const { format } = useTab()
  return (
    <Chart
      readable
      title={title}
      note={note}
      figures={{
        head: [strings.span, `${strings.self} (ms)`, `${strings.duration} (ms)`],
        rows: rows.map((row) => [row.title, row.self, row.duration]),
        shown: rows.map((row) => [row.title, format.duration(row.self), format.duration(row.duration)]),
      }}
    >
      <BarRows
        rows={rows.map((row) => ({
          key: row.key,
          label: (
            <PlaceLink class="bar-link" to={{ view: 'timeline', span: row.key, zoom: null }}>
              <KindGlyph kind={row.kind} />
              <span>{row.title}</span>
            </PlaceLink>
          ),
          parts: [{ tone: 'time', value: row.self }],
          value: format.duration(row.self),
        }))}
      />
    </Chart>
  )
}
