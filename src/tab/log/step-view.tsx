import { useState } from 'preact/hooks'
import { JsonView } from '../detail/json-view.tsx'
import { SpanError } from '../detail/span-error.tsx'
import { TextView } from '../detail/text-view.tsx'
import type { LogEntry } from '../model/log-entries.ts'
import { strings } from '../strings.ts'
import { Icon } from '../views/icon.tsx'
import { EntryHead } from './entry-head.tsx'
import { EventList } from './event-list.tsx'
import { type LogSource, useContent } from './log-context.ts'

interface Props {
  source: LogSource
  entry: LogEntry
  selected: boolean
  select: () => void
}

/** A tool, a look-up or a check between two model calls; what went in and out unfolds. */
export function StepView({ source, entry, selected, select }: Props) {
  const [open, setOpen] = useState(false)
  const content = useContent(source, entry.row, -1, open)
  const span = content && !('kind' in content) ? null : content
  const detail = content && 'span' in content ? content.span : null
  const sides = detail
    ? ([
        [strings.input, detail.input],
        [strings.output, detail.output],
      ] as const)
    : []
  return (
    <li class={`log-step ${selected ? 'selected' : ''}`} data-row={entry.row}>
      <div class="step-line">
        <button
          type="button"
          class={`icon-button small ${open ? 'is-open' : ''}`}
          aria-expanded={open}
          aria-label={strings.inAndOut}
          title={strings.inAndOut}
          onClick={() => setOpen(!open)}
        >
          <Icon name="right" size={12} />
        </button>
        <EntryHead source={source} row={entry.row} select={select} selected={selected} />
      </div>
      {open ? (
        <div class="step-body">
          {content === null ? <span class="ghost" /> : null}
          {span ? <p class="none">{span.detail || strings.errorText}</p> : null}
          {sides.map(([label, side]) => (
            <div key={label}>
              <h4>{label}</h4>
              {side.hidden !== undefined ? (
                <p class="content-hidden">
                  <Icon name="lock" size={14} />
                  {side.hidden || strings.contentHidden}
                </p>
              ) : side.value === null || side.value === undefined ? (
                side.messages.length > 0 ? (
                  <JsonView value={side.messages} />
                ) : (
                  <p class="none">{strings.noContent}</p>
                )
              ) : typeof side.value === 'string' ? (
                <TextView text={side.value} />
              ) : (
                <JsonView value={side.value} />
              )}
            </div>
          ))}
          {detail ? <EventList span={detail} /> : null}
          {detail?.error ? <SpanError span={detail} /> : null}
        </div>
      ) : null}
    </li>
  )
}
