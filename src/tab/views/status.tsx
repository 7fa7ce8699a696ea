import type { Summary } from '../../http/schemas/trace.ts'
import type { SpanState } from '../model/kinds.ts'
import { strings } from '../strings.ts'
import { Icon, type IconName } from './icon.tsx'

type Status = Summary['status']

const icons: Record<Status | SpanState, IconName> = {
  running: 'clock',
  interrupted: 'stop',
  completed: 'check',
  ok: 'check',
  failed: 'close',
  error: 'close',
  cancelled: 'stop',
}

/** The status as a glyph, with its word for those who do not see it. */
export function StatusGlyph({ status }: { status: Status }) {
  return (
    <span class={`status-glyph status-${status}`} title={strings.status[status]}>
      <Icon name={icons[status]} size={12} />
      <span class="sr">{strings.status[status]}</span>
    </span>
  )
}

/** The status as a glyph and its word. */
export function StatusBadge({ status }: { status: Status }) {
  return (
    <span class={`badge status-${status}`}>
      <Icon name={icons[status]} size={12} />
      {strings.status[status]}
    </span>
  )
}

/** The state of a span as a glyph and its word. */
export function StateBadge({ state }: { state: SpanState }) {
  const status = state === 'ok' ? 'completed' : state === 'error' ? 'failed' : state
  return (
    <span class={`badge status-${status}`}>
      <Icon name={icons[state]} size={12} />
      {strings.state[state]}
    </span>
  )
}
