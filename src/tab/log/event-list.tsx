// biome-ignore-all lint/suspicious/noArrayIndexKey: the events of one span never change
import type { SpanDetail } from '../../http/schemas/trace.ts'
import { AttributeTable } from '../detail/attributes.tsx'
import { useTab } from '../hooks/tab-context.ts'
import { strings } from '../strings.ts'

/** Events that are listed; a span may have thousands, its detail has them all. */
const MOST = 20

/** What a span told of on its way, in the log: a line each, what it carries unfolds. */
export function EventList({ span }: { span: SpanDetail }) {
  const { format } = useTab()
  const { events } = span
  if (events.length === 0) return null
  const start = Date.parse(span.start_time)
  return (
    <ol class="log-events" aria-label={strings.tabs.events}>
      {events.slice(0, MOST).map((event, n) => {
        const entries = Object.entries(event.attributes)
        const line = (
          <>
            <span class="event-name">{event.name}</span>
            {event.time === null ? null : (
              <span class="faint num" title={format.exact(event.time)}>
                +{format.duration(Math.max(0, Date.parse(event.time) - start))}
              </span>
            )}
          </>
        )
        return (
          <li key={n}>
            {entries.length === 0 ? (
              <span class="event-line">{line}</span>
            ) : (
              <details>
                <summary class="event-line">{line}</summary>
                <AttributeTable entries={entries} />
              </details>
            )}
          </li>
        )
      })}
      {events.length > MOST ? (
        <li class="faint">{strings.moreEvents(format.count(events.length - MOST))}</li>
      ) : null}
    </ol>
  )
}
