import { useCallback, useState } from 'preact/hooks'
import type { LogEvent } from '../model/log-entries.ts'
import type { LogSource } from './log-context.ts'

/**
 * The events of the spans whose events were asked for, by the span's key. A span whose events could not be read
 * can be asked for again.
 */
export function useLogEvents({ reader, tree, columns, execution }: LogSource) {
  const [events, setEvents] = useState<ReadonlyMap<string, LogEvent[]>>(new Map())
  const readEvents = useCallback(
    async (row: number) => {
      const index = tree.span[row] ?? -1
      const trace = execution.trace_ids[columns.trace[index] ?? 0]
      const id = columns.span_id[index] ?? ''
      const span = await reader.read(id, execution.trace_ids.length > 1 ? trace : undefined).catch(() => null)
      if (span === null) return
      const start = columns.offset_ms[index] ?? 0
      const found = span.events.map(({ name, time }) => ({
        name,
        at: start + (time === null ? 0 : Math.max(0, Date.parse(time) - Date.parse(span.start_time))),
      }))
      setEvents((before) => new Map(before).set(tree.keys[row] ?? '', found))
    },
    [reader, tree, columns, execution],
  )
  return { events, readEvents }
}
