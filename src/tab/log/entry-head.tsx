import { useTab } from '../hooks/tab-context.ts'
import { titleOf } from '../model/columns.ts'
import { strings } from '../strings.ts'
import { KindGlyph } from '../views/kind-glyph.tsx'
import { StateBadge } from '../views/status.tsx'
import type { LogSource } from './log-context.ts'

interface Props {
  source: LogSource
  row: number
  selected: boolean
  select: () => void
}

/** When it was, what it was, how long it took: a button that opens the span. */
export function EntryHead({ source, row, selected, select }: Props) {
  const { format } = useTab()
  const { tree, columns } = source
  const index = tree.span[row] ?? -1
  const state = columns.state[index] ?? 'ok'
  const title = titleOf(columns, index)
  const model = columns.model[index]
  const input = columns.input_tokens[index]
  const output = columns.output_tokens[index]
  const tokens = (input ?? null) === null && (output ?? null) === null ? null : (input ?? 0) + (output ?? 0)
  return (
    <button
      type="button"
      class="entry-head"
      aria-pressed={selected}
      title={strings.showSpan}
      onClick={select}
    >
      <span class="entry-time num">+{format.duration(columns.offset_ms[index])}</span>
      <KindGlyph kind={columns.kind[index] ?? 'internal'} />
      <span class="entry-name">{title}</span>
      {model && !title.includes(model) ? <span class="faint">{model}</span> : null}
      {state === 'ok' ? null : <StateBadge state={state} />}
      <span class="spacer" />
      {tokens === null ? null : (
        <span class="faint num">
          {format.compact(tokens)} {strings.tok}
        </span>
      )}
      {state === 'running' ? null : (
        <span class="faint num entry-length">{format.duration(columns.duration_ms[index])}</span>
      )}
    </button>
  )
}
