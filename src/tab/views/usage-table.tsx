import type { Summary } from '../../http/schemas/trace.ts'
import { useTab } from '../hooks/tab-context.ts'
import { DASH } from '../model/format.ts'
import { strings } from '../strings.ts'
import { Icon } from './icon.tsx'

type Usage = Pick<Summary['by_model'][number], 'calls' | 'errors' | 'tokens' | 'cost' | 'duration_ms'>

export interface UsageRow extends Usage {
  key: string
  name: string
  note: string | null
}

/** Calls, time, tokens and cost, with a bar that shows each row's share of the time. */
export function UsageTable({ head, rows }: { head: string; rows: UsageRow[] }) {
  const { format } = useTab()
  const longest = Math.max(1e-9, ...rows.map((row) => row.duration_ms))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls on a phone, so keys must reach it
    <div class="table-frame" tabIndex={0}>
      <table class="usage stacked">
        <thead>
          <tr>
            <th scope="col">{head}</th>
            <th scope="col">{strings.calls}</th>
            <th scope="col">{strings.errors}</th>
            <th scope="col">{strings.tokensIn}</th>
            <th scope="col">{strings.tokensOut}</th>
            <th scope="col">{strings.cost}</th>
            <th scope="col" class="wide">
              {strings.time}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <th scope="row">
                <span class="usage-name" title={row.name}>
                  {row.name.trim() || DASH}
                </span>
                {row.note ? <span class="faint">{row.note}</span> : null}
              </th>
              <td data-label={strings.calls}>{format.count(row.calls)}</td>
              <td data-label={strings.errors} class={row.errors > 0 ? 'has-errors' : ''}>
                {row.errors > 0 ? <Icon name="alert" size={12} /> : null}
                {format.count(row.errors)}
              </td>
              <td data-label={strings.tokensIn}>{format.compact(row.tokens.input)}</td>
              <td data-label={strings.tokensOut}>{format.compact(row.tokens.output)}</td>
              <td data-label={strings.cost}>{format.cost(row.cost.amount)}</td>
              <td data-label={strings.time} class="wide">
                <span class="share">
                  <span class="share-bar" style={{ width: `${(row.duration_ms / longest) * 100}%` }} />
                </span>
                <span class="share-value">{format.duration(row.duration_ms)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
