import type { ComponentChildren } from 'preact'
import type { Summary } from '../../http/schemas/trace.ts'
import type { Loaded } from '../api/load-trace.ts'
import { useTab } from '../hooks/tab-context.ts'
import { strings } from '../strings.ts'
import { Icon } from './icon.tsx'

interface Props {
  loaded: Loaded
  summary: Summary | null
  /** Milliseconds since the start, for a running execution. */
  now: number
  nextError: () => void
}

/** The figures of the execution; the sums are the service's, which counts every model call once. */
export function SummaryStrip({ loaded, summary, now, nextError }: Props) {
  const { format, narrow } = useTab()
  const { execution, total } = loaded
  const running = execution.status === 'running'
  const tokens = summary?.tokens
  const errors = summary?.error_count ?? 0
  return (
    <dl class="strip">
      <Cell label={strings.duration}>{format.duration(running ? now : execution.duration_ms)}</Cell>
      {narrow && errors > 0 ? null : (
        <Cell counts label={strings.spans}>
          {format.count(total)}
        </Cell>
      )}
      <Cell counts label={strings.llmCalls}>
        {format.count(summary?.llm_call_count)}
      </Cell>
      <Cell
        label={strings.tokensIn}
        title={format.count(tokens?.input)}
        more
        note={tokens?.cached_input ? strings.cached(format.compact(tokens.cached_input)) : null}
      >
        {format.compact(tokens?.input)}
      </Cell>
      <Cell
        label={strings.tokensOut}
        title={format.count(tokens?.output)}
        more
        note={tokens?.reasoning_output ? strings.reasoning(format.compact(tokens.reasoning_output)) : null}
      >
        {format.compact(tokens?.output)}
      </Cell>
      <Cell {...costNote(summary, format.count, narrow)}>{format.cost(summary?.cost.amount)}</Cell>
      {narrow && errors === 0 ? null : (
        <Cell label={strings.errors}>
          {errors > 0 ? (
            <button type="button" class="error-count" title={strings.nextError} onClick={nextError}>
              {format.count(errors)}
              <Icon name="down" size={14} />
            </button>
          ) : (
            format.count(summary?.error_count)
          )}
        </Cell>
      )}
      {summary && summary.artifacts.length > 0 && !narrow ? (
        <Cell label={strings.artifacts}>{format.count(summary.artifacts.length)}</Cell>
      ) : null}
    </dl>
  )
}

/** Where a cost comes from, in a word: beside the figure, and in a narrow frame above it. */
function costNote(
  summary: Summary | null,
  count: (n: number) => string,
  narrow: boolean,
): { label: string; note: string | null; title?: string } {
  const cost = summary?.cost
  const note =
    cost?.source === 'estimated' ? strings.estimated : cost?.source === 'mixed' ? strings.mixed : null
  const said = narrow && note ? { label: strings.costEstimated, note: null } : { label: strings.cost, note }
  return cost && cost.unknown_calls > 0
    ? { ...said, title: strings.unknownCalls(count(cost.unknown_calls)) }
    : said
}

interface CellProps {
  label: string
  title?: string
  note?: string | null
  /** The note is of those that a phone leaves to the tab of the execution. */
  more?: boolean
  /** A phone leaves it out where there is no room. */
  counts?: boolean
  children: ComponentChildren
}

function Cell({ label, title, note, more, counts, children }: CellProps) {
  return (
    <div class={`cell ${counts ? 'count' : ''}`} title={title}>
      <dt>{label}</dt>
      <dd>
        <span class="value">{children}</span>
        {note ? <span class={`note ${more ? 'note-more' : ''}`}>{note}</span> : null}
      </dd>
    </div>
  )
}
