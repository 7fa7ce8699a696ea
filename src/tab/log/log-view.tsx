import type { RefObject } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { createSpanReader } from '../api/span-reader.ts'
import { standingReason } from '../api/standing-reveals.ts'
import { useMarkdown } from '../detail/text-view.tsx'
import { useTab } from '../hooks/tab-context.ts'
import type { ViewProps } from '../hooks/view-props.ts'
import { logEntries, logLines } from '../model/log-entries.ts'
import { strings } from '../strings.ts'
import detailCss from '../styles/detail.css?inline'
import logCss from '../styles/log.css?inline'
import messagesCss from '../styles/messages.css?inline'
import { NotLoadedLine } from '../views/not-loaded.tsx'
import { EntryHead } from './entry-head.tsx'
import { LineList } from './line-list.tsx'
import type { LogSource } from './log-context.ts'
import { useLogEvents } from './log-events.ts'
import { StepView } from './step-view.tsx'
import { TurnView } from './turn-view.tsx'

export const styles = [detailCss, messagesCss, logCss]

/** Entries that are in the DOM at first, and how many more come when asked for. */
const ENTRIES = 60

/** What happened, in the order of time: as a conversation, or every start and end. */
export function LogView({ loaded, view, selection }: ViewProps) {
  const { api, format } = useTab()
  const { tree, columns } = view
  const { execution } = loaded
  const entries = useMemo(() => logEntries(tree, columns), [tree, columns])
  const talks = entries.some((entry) => entry.type === 'turn')
  const [everything, setEverything] = useState<boolean | null>(null)
  const [markdown, setMarkdown] = useState(false)
  const { renderer, retry } = useMarkdown(markdown)
  const [most, setMost] = useState(ENTRIES)
  const frame = useRef<HTMLDivElement>(null)
  const life = useMemo(() => new AbortController(), [])
  useEffect(() => () => life.abort(), [life])
  const reader = useMemo(
    () => createSpanReader(api, execution.execution_id, life.signal),
    [api, execution.execution_id, life],
  )
  const source: LogSource = { reader, tree, columns, execution }
  const { events, readEvents } = useLogEvents(source)
  const lines = useMemo(() => logLines(tree, columns, events), [tree, columns, events])
  const asLines = everything ?? !talks
  const at = entries.findIndex((entry) => entry.row === selection.selected)
  const shown = entries.slice(0, Math.max(most, at + 10))

  const chosenHere = useRef(-1)
  const elsewhere = selection.selected !== chosenHere.current
  useBroughtIntoView(frame, asLines || !elsewhere ? -1 : selection.selected)

  const select = (row: number) => {
    chosenHere.current = row
    selection.select(row, { replace: selection.open })
  }
  return (
    <div class="log">
      <div class="log-tools">
        {/* biome-ignore lint/a11y/useSemanticElements: two buttons in a row are no fieldset */}
        <span class="segments" role="group" aria-label={strings.logForm}>
          <button type="button" aria-pressed={!asLines} onClick={() => setEverything(false)}>
            {strings.conversation}
          </button>
          <button type="button" aria-pressed={asLines} onClick={() => setEverything(true)}>
            {strings.everything}
          </button>
        </span>
        <span class="spacer" />
        {standingReason(api, execution.execution_id) ? <small>{strings.logMasked}</small> : null}
        {asLines ? null : (
          // biome-ignore lint/a11y/useSemanticElements: two buttons in a row are no fieldset
          <span class="segments" role="group" aria-label={strings.textForm}>
            <button type="button" aria-pressed={!markdown} onClick={() => setMarkdown(false)}>
              {strings.plain}
            </button>
            <button type="button" aria-pressed={markdown} onClick={() => setMarkdown(true)}>
              {strings.markdown}
            </button>
          </span>
        )}
      </div>
      {retry ? <NotLoadedLine retry={retry} /> : null}
      {asLines ? (
        <LineList
          source={source}
          lines={lines}
          events={events}
          readEvents={readEvents}
          selected={selection.selected}
          select={select}
        />
      ) : (
        <div ref={frame} class="log-scroll">
          {entries.length === 0 ? <p class="none">{strings.noConversation}</p> : null}
          <ol class="log-list">
            {shown.map((entry) => {
              const props = {
                source,
                entry,
                selected: entry.row === selection.selected,
                select: () => select(entry.row),
              }
              const key = tree.keys[entry.row]
              if (entry.type === 'turn') return <TurnView key={key} {...props} markdown={renderer} />
              if (entry.type === 'step') return <StepView key={key} {...props} />
              return (
                <li key={key} class={`log-part ${props.selected ? 'selected' : ''}`} data-row={entry.row}>
                  <EntryHead
                    source={source}
                    row={entry.row}
                    select={props.select}
                    selected={props.selected}
                  />
                </li>
              )
            })}
          </ol>
          {shown.length < entries.length ? (
            <button type="button" class="button log-more" onClick={() => setMost(shown.length + ENTRIES)}>
              {strings.loadMore} ({format.count(entries.length - shown.length)})
            </button>
          ) : null}
        </div>
      )}
    </div>
  )
}

/**
 * Brings a span that was selected elsewhere into view, and keeps it there while what is above it comes, until
 * the reader scrolls himself.
 */
function useBroughtIntoView(frame: RefObject<HTMLElement | null>, row: number): void {
  useEffect(() => {
    const element = frame.current
    const list = element?.firstElementChild
    if (!element || !list || row < 0) return
    const bring = () => element.querySelector(`[data-row="${row}"]`)?.scrollIntoView({ block: 'nearest' })
    const first = element.querySelector(`[data-row="${row}"]`)
    first?.scrollIntoView({ block: 'start' })
    const observer = new ResizeObserver(bring)
    observer.observe(list)
    const stop = () => observer.disconnect()
    for (const name of ['wheel', 'pointerdown', 'keydown'])
      element.addEventListener(name, stop, { once: true })
    return () => {
      stop()
      for (const name of ['wheel', 'pointerdown', 'keydown']) element.removeEventListener(name, stop)
    }
  }, [frame, row])
}
