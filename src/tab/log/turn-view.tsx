import { useRef, useState } from 'preact/hooks'
import type { SpanDetail } from '../../http/schemas/trace.ts'
import { MessageView } from '../detail/message-view.tsx'
import { SpanError } from '../detail/span-error.tsx'
import type { Renderer } from '../detail/text-view.tsx'
import { useTab } from '../hooks/tab-context.ts'
import type { LogEntry } from '../model/log-entries.ts'
import { turnOf } from '../model/turn.ts'
import { strings } from '../strings.ts'
import { Icon } from '../views/icon.tsx'
import { EntryHead } from './entry-head.tsx'
import { EventList } from './event-list.tsx'
import { type LogSource, useContent, useSeen } from './log-context.ts'

interface Props {
  source: LogSource
  entry: LogEntry
  markdown: Renderer | null
  selected: boolean
  select: () => void
}

/** One model call: what is new in it, then the answer. What earlier calls said already is folded away. */
export function TurnView({ source, entry, markdown, selected, select }: Props) {
  const frame = useRef<HTMLLIElement>(null)
  const content = useContent(source, entry.row, entry.previous, useSeen(frame))
  return (
    <li ref={frame} class={`log-turn ${selected ? 'selected' : ''}`} data-row={entry.row}>
      <EntryHead source={source} row={entry.row} select={select} selected={selected} />
      {content === null ? (
        <div class="pane-ghosts">
          <span class="sr">{strings.loading}</span>
          <span class="ghost" />
          <span class="ghost" />
        </div>
      ) : 'kind' in content ? (
        <p class="content-hidden">
          <Icon name="alert" size={14} />
          {content.detail || strings.errorText}
        </p>
      ) : (
        <Messages span={content.span} before={content.before} markdown={markdown} />
      )}
    </li>
  )
}

function Messages({
  span,
  before,
  markdown,
}: {
  span: SpanDetail
  before: SpanDetail | null
  markdown: Renderer | null
}) {
  const { format } = useTab()
  const [open, setOpen] = useState(false)
  const said = before && [...before.input.messages, ...before.output.messages]
  const { earlier, added } = turnOf(span.input.messages, said)
  const hidden = span.input.hidden ?? span.output.hidden
  if (hidden !== undefined) {
    return (
      <p class="content-hidden">
        <Icon name="lock" size={14} />
        {hidden || strings.contentHidden}
      </p>
    )
  }
  const nothing = span.input.messages.length + span.output.messages.length === 0
  return (
    <div class="log-messages">
      {earlier.length > 0 ? (
        <button type="button" class="link log-earlier" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? strings.hideEarlier : strings.showEarlier(format.count(earlier.length))}
        </button>
      ) : null}
      {open
        ? earlier.map((message, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the messages of one span never change
            <MessageView key={`e${n}`} message={message} markdown={markdown} />
          ))
        : null}
      {earlier.length > 0 && added.length > 0 ? <p class="log-new">{strings.newInTurn}</p> : null}
      {added.map((message, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the messages of one span never change
        <MessageView key={`a${n}`} message={message} markdown={markdown} />
      ))}
      {span.output.messages.map((message, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the messages of one span never change
        <MessageView key={`o${n}`} message={message} markdown={markdown} />
      ))}
      <EventList span={span} />
      {nothing && span.state !== 'running' ? <p class="none">{strings.noContent}</p> : null}
      {span.state === 'running' ? <p class="none">{strings.stillAnswering}</p> : null}
      {span.error ? <SpanError span={span} /> : null}
    </div>
  )
}
