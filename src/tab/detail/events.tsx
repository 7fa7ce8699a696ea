import type { SpanDetail } from '../../http/schemas/trace.ts'
import { useTab } from '../hooks/tab-context.ts'
import { strings } from '../strings.ts'
import { AttributeTable } from './attributes.tsx'

/** The events of the span, with their time since its start. */
export function Events({ span }: { span: SpanDetail }) {
  const { format } = useTab()
  if (span.events.length === 0) return <p class="none">{strings.noEvents}</p>
  const start = Date.parse(span.start_time)
  return (
    <ol class="events">
      {span.events.map((event, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the events of one span never change
        <li key={n}>
          <h4>
            {event.name}
            {event.time === null ? null : (
              <span class="faint num" title={format.exact(event.time)}>
                +{format.duration(Math.max(0, Date.parse(event.time) - start))}
              </span>
            )}
          </h4>
          <AttributeTable entries={Object.entries(event.attributes)} />
        </li>
      ))}
    </ol>
  )
}
