import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { saveFile } from '../api/save-file.ts'
import { toCsv } from '../model/csv.ts'
import { strings } from '../strings.ts'
import { Icon } from '../views/icon.tsx'

/** The numbers of a chart: shown as its table, read by assistive technology, and saved as CSV. */
export interface Figures {
  head: string[]
  /** As they are. */
  rows: (string | number | null)[][]
  /** As a reader reads them: the same shape. */
  shown: string[][]
}

interface Props {
  title: string
  note?: string | null
  figures: Figures
  children: ComponentChildren
  wide?: boolean
  /** The chart itself can be read and used without seeing it. */
  readable?: boolean
}

/** A chart and its table: the same numbers, one of them seen, the table always there for who cannot see bars. */
export function Chart({ title, note, figures, children, wide, readable = false }: Props) {
  const [asTable, setAsTable] = useState(false)
  const save = () => {
    const text = `\ufeff${toCsv(figures.head, figures.rows)}\r\n`
    saveFile(new Blob([text], { type: 'text/csv' }), `${title.toLowerCase().replaceAll(' ', '-')}.csv`)
  }
  return (
    <section class={`chart ${wide ? 'wide-chart' : ''}`} aria-label={title}>
      <header class="chart-head">
        <h3>{title}</h3>
        {note ? <span class="faint">{note}</span> : null}
        <span class="spacer" />
        {/* biome-ignore lint/a11y/useSemanticElements: two buttons in a row are no fieldset */}
        <span class="segments" role="group" aria-label={strings.chartForm(title)}>
          <button type="button" aria-pressed={!asTable} onClick={() => setAsTable(false)}>
            {strings.showChart}
          </button>
          <button type="button" aria-pressed={asTable} onClick={() => setAsTable(true)}>
            {strings.showTable}
          </button>
        </span>
        <button
          type="button"
          class="icon-button small"
          title={strings.downloadCsv(title)}
          aria-label={strings.downloadCsv(title)}
          onClick={save}
        >
          <Icon name="download" size={14} />
        </button>
      </header>
      {asTable ? null : (
        <div class="chart-body" aria-hidden={!readable}>
          {children}
        </div>
      )}
      <div
        class={asTable ? 'table-frame' : 'sr'}
        tabIndex={asTable ? 0 : undefined}
        hidden={readable && !asTable}
      >
        <table class={`usage ${figures.head.length > 3 ? 'stacked' : ''}`}>
          <caption class="sr">{title}</caption>
          <thead>
            <tr>
              {figures.head.map((name) => (
                <th key={name} scope="col">
                  {withoutUnit(name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {figures.shown.map((row, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a row of figures has no name of its own
              <tr key={n}>
                {row.map((cell, m) =>
                  m === 0 ? (
                    <th key={figures.head[m]} scope="row">
                      {cell}
                    </th>
                  ) : (
                    <td key={figures.head[m]} data-label={withoutUnit(figures.head[m])}>
                      {cell}
                    </td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

/** The unit of a column is said for the file alone: what is shown carries its own. */
function withoutUnit(head = ''): string {
  return head.replace(/ \(.+\)$/, '')
}
