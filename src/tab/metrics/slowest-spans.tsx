import { useMemo } from 'preact/hooks'
import { useTab } from '../hooks/tab-context.ts'
import type { ViewProps } from '../hooks/view-props.ts'
import { spanKey, titleOf } from '../model/columns.ts'
import { slowestSpans } from '../model/slowest.ts'
import { strings } from '../strings.ts'
import { KindGlyph } from '../views/kind-glyph.tsx'
import { PlaceLink } from '../views/place-link.tsx'
import { BarRows } from './bar-rows.tsx'
import { Chart } from './chart.tsx'

const MOST = 10

/** Where the time went: the spans that took the most themselves, each a way into the tree. */
export function SlowestSpans({ view, now, loaded }: Pick<ViewProps, 'view' | 'now' | 'loaded'>) {
  const { format } = useTab()
  const { tree, columns } = view
  const rows = useMemo(() => slowestSpans(tree, columns, now, MOST), [tree, columns, now])
  const named = rows.map((row) => ({ ...row, index: tree.span[row.row] ?? -1 }))
  return (
    <Chart
      readable
      wide
      title={strings.slowest}
      note={loaded.cursor === null ? strings.slowestLead : `${strings.slowestLead}, ${strings.ofLoaded}`}
      figures={{
        head: [strings.span, `${strings.self} (ms)`, `${strings.duration} (ms)`],
        rows: named.map((row) => [titleOf(columns, row.index), row.self, row.duration]),
        shown: named.map((row) => [
          titleOf(columns, row.index),
          format.duration(row.self),
          format.duration(row.duration),
        ]),
      }}
    >
      <BarRows
        rows={named.map((row) => ({
          key: String(row.row),
          label: (
            <PlaceLink
              class="bar-link"
              to={{ view: 'timeline', span: spanKey(columns, row.index), zoom: null }}
            >
              <KindGlyph kind={columns.kind[row.index] ?? 'internal'} />
              <span>{titleOf(columns, row.index)}</span>
            </PlaceLink>
          ),
          parts: [{ tone: 'time', value: row.self }],
          value: format.duration(row.self),
        }))}
      />
    </Chart>
  )
}
