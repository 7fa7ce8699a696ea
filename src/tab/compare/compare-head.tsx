import type { Comparison } from '../../http/schemas/compare.ts'
import { useTab } from '../hooks/tab-context.ts'
import { strings } from '../strings.ts'
import { StatusBadge } from '../views/status.tsx'

type Side = Comparison['a']

/** The two executions as a whole, one figure a line. */
export function CompareHead({ comparison }: { comparison: Comparison }) {
  const { format } = useTab()
  const { a, b } = comparison
  const figures: [string, (side: Side) => string][] = [
    [strings.duration, (side) => format.duration(side.duration_ms)],
    [strings.spans, (side) => format.count(side.span_count)],
    [strings.errors, (side) => format.count(side.error_count)],
    [strings.tokensIn, (side) => format.compact(side.tokens.input)],
    [strings.tokensOut, (side) => format.compact(side.tokens.output)],
    [strings.cost, (side) => format.cost(side.cost.amount)],
  ]
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it is too wide, so keys must reach it
    <div class="table-frame" tabIndex={0}>
      <table class="usage stacked compare-head">
        <thead>
          <tr>
            <th scope="col">{strings.execution}</th>
            {figures.map(([label]) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[a, b].map((side, n) => (
            <tr key={side.execution_id}>
              <th scope="row">
                <span class="compare-letter">{n === 0 ? 'A' : 'B'}</span>
                <span class="compare-id">{side.execution_id}</span> <StatusBadge status={side.status} />
                {n === 1 ? <span class="faint"> {strings.thisOne}</span> : null}
              </th>
              {figures.map(([label, read]) => (
                <td key={label} data-label={label}>
                  {read(side)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
