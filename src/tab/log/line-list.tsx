import { useRef, useState } from 'preact/hooks'
import { useTab } from '../hooks/tab-context.ts'
import { useSize } from '../hooks/use-size.ts'
import { titleOf } from '../model/columns.ts'
import type { LogLine } from '../model/log-entries.ts'
import { strings } from '../strings.ts'
import { KindGlyph } from '../views/kind-glyph.tsx'
import type { LogSource } from './log-context.ts'

/** CSS pixels of a line, and lines above and below the visible ones that are in the DOM too. */
const HEIGHT = 26
const OVERSCAN = 10

interface Props {
  source: LogSource
  lines: LogLine[]
  /** The events that were read, by key of their span. */
  events: ReadonlyMap<string, unknown>
  readEvents: (row: number) => void
  selected: number
  select: (row: number) => void
}

/** Every start and end, a line each; only the lines in view are in the DOM. */
export function LineList({ source, lines, events, readEvents, selected, select }: Props) {
  const { format } = useTab()
  const frame = useRef<HTMLDivElement>(null)
  const { height } = useSize(frame)
  const [top, setTop] = useState(0)
  const { tree, columns } = source
  const from = Math.max(0, Math.floor(top / HEIGHT) - OVERSCAN)
  const to = Math.min(lines.length, Math.ceil((top + height) / HEIGHT) + OVERSCAN)
  return (
    <div
      ref={frame}
      class="lines-frame"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keys must reach it
      tabIndex={0}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
    >
      <ol class="log-lines" style={{ height: `${lines.length * HEIGHT}px` }}>
        {lines.slice(from, to).map((line, n) => {
          const index = tree.span[line.row] ?? -1
          const state = columns.state[index] ?? 'ok'
          const count = columns.event_count[index] ?? 0
          const unread = !line.ended && !line.event && count > 0 && !events.has(tree.keys[line.row] ?? '')
          const failed = line.ended && state === 'error'
          return (
            <li
              key={`${line.row}${line.ended}${line.event === undefined ? '' : from + n}`}
              style={{ transform: `translateY(${(from + n) * HEIGHT}px)` }}
            >
              <button
                type="button"
                class={`log-line ${failed ? 'failed' : ''} ${unread ? 'has-events' : ''} ${line.row === selected ? 'selected' : ''}`}
                onClick={() => select(line.row)}
              >
                <span class="entry-time num">+{format.duration(line.at)}</span>
                <span class="line-what">
                  {line.event !== undefined
                    ? strings.event
                    : line.ended
                      ? state === 'ok'
                        ? strings.ended
                        : strings.state[state]
                      : strings.began}
                </span>
                <KindGlyph kind={columns.kind[index] ?? 'internal'} />
                <span
                  class="entry-name"
                  style={{ paddingLeft: `${Math.min(8, tree.level[line.row] ?? 0) * 10}px` }}
                >
                  {titleOf(columns, index)}
                  {line.event === undefined ? null : <span class="line-event"> · {line.event}</span>}
                </span>
                <span class="spacer" />
                <span class="faint num">{line.ended ? format.duration(columns.duration_ms[index]) : ''}</span>
              </button>
              {unread ? (
                <button type="button" class="line-events" onClick={() => readEvents(line.row)}>
                  {count === 1 ? strings.oneEvent : strings.showEvents(format.count(count))}
                </button>
              ) : null}
            </li>
          )
        })}
      </ol>
    </div>
  )
}
