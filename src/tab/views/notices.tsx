import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Summary } from '../../http/schemas/trace.ts'
import type { Failure } from '../api/failure.ts'
import type { Loaded } from '../api/load-trace.ts'
import { useTab } from '../hooks/tab-context.ts'
import { strings } from '../strings.ts'
import { Icon, type IconName } from './icon.tsx'
import { causeOf, RequestId } from './states.tsx'

/** Why the trace is not as it is now. */
export interface Stale {
  /** When the last good answer came. */
  since: number
  failure: Failure
  retry: () => void
}

interface Props {
  loaded: Loaded
  summary: Summary | null
  stale: Stale | null
  loadMore?: () => void
  /** The first line alone, until the reader opens all. */
  fold?: boolean
}

/** What the reader must know of this trace, one line each, what is wrong before what is so. */
export function Notices({ loaded, summary, stale, loadMore, fold = false }: Props) {
  const { format } = useTab()
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set())
  const [all, setAll] = useState(false)
  const shown = loaded.columns.span_id.length
  const lines = (summary?.notices ?? [])
    .filter((notice) => !dismissed.has(notice.code))
    .sort((a, b) => Number(quietCodes.has(a.code)) - Number(quietCodes.has(b.code)))
    .map((notice) => (
      <Line
        key={notice.code}
        icon={iconOf(notice.code)}
        tone={quietCodes.has(notice.code) ? 'quiet' : 'warn'}
        dismiss={() => setDismissed(new Set([...dismissed, notice.code]))}
      >
        {notice.message}
        {notice.count !== undefined && notice.count > 1 ? (
          <span class="notice-count">× {format.count(notice.count)}</span>
        ) : null}
      </Line>
    ))
  if (loaded.cursor !== null)
    lines.unshift(
      <Line key="partial" icon="info" tone="quiet">
        {strings.spansOf(format.count(shown), format.count(loaded.total))}
        {loadMore ? (
          <button type="button" class="link" onClick={loadMore}>
            {strings.loadMore}
          </button>
        ) : null}
      </Line>,
    )
  if (stale)
    lines.unshift(
      <Line key="stale" icon="offline" tone="warn">
        {causeOf(stale.failure)} {strings.stale(format.time(new Date(stale.since).toISOString()))}
        <RequestId id={stale.failure.requestId} />
        <button type="button" class="link" onClick={stale.retry}>
          {strings.retry}
        </button>
      </Line>,
    )
  if (lines.length === 0) return null
  const folded = fold && !all
  return (
    <ul class={`notices ${folded ? 'folded' : ''}`} aria-label={strings.theReaderMustKnow}>
      {folded ? lines[0] : lines}
      {fold ? (
        <li class="notices-fold">
          <button
            type="button"
            aria-expanded={all}
            aria-label={strings.theReaderMustKnow}
            onClick={() => setAll(!all)}
          >
            {folded && lines.length > 1 ? `+${format.count(lines.length - 1)}` : null}
            <Icon name="down" size={14} />
          </button>
        </li>
      ) : null}
    </ul>
  )
}

const quietCodes = new Set(['redacted', 'sampled', 'late_data', 'content_hidden'])

/** The glyph of a notice by its code. */
export function iconOf(code: string): IconName {
  if (code === 'redacted' || code === 'content_hidden') return 'shield'
  if (code === 'clock_skew' || code === 'late_data') return 'clock'
  return quietCodes.has(code) ? 'info' : 'alert'
}

interface LineProps {
  icon: IconName
  tone: 'warn' | 'quiet'
  dismiss?: () => void
  children: ComponentChildren
}

function Line({ icon, tone, dismiss, children }: LineProps) {
  return (
    <li class={`notice ${tone}`}>
      <Icon name={icon} size={14} />
      <span class="notice-text">{children}</span>
      {dismiss ? (
        <button
          type="button"
          class="icon-button small"
          title={strings.dismiss}
          aria-label={strings.dismiss}
          onClick={dismiss}
        >
          <Icon name="close" size={12} />
        </button>
      ) : null}
    </li>
  )
}
