import { useEffect, useState } from 'preact/hooks'
import type { SpanDetail } from '../../http/schemas/trace.ts'
import { paths } from '../api/paths.ts'
import { setStanding, standingReason } from '../api/standing-reveals.ts'
import { useTab } from '../hooks/tab-context.ts'
import { strings } from '../strings.ts'
import { Icon } from '../views/icon.tsx'
import { RevealDialog } from './reveal-dialog.tsx'

interface Props {
  span: SpanDetail
  /** What is shown is unmasked already. */
  isRevealed: boolean
  /** null = hide it again. */
  show: (span: SpanDetail | null) => void
}

/**
 * For readers who may: shows what is masked, after a reason; and hides it again. A reason that was given for the whole
 * execution serves every span that is opened, each asked for and recorded by itself.
 */
export function Reveal({ span, isRevealed, show }: Props) {
  const { api } = useTab()
  const [asking, setAsking] = useState(false)
  const reason = standingReason(api, span.execution_id)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each span is asked for once
  useEffect(() => {
    if (reason === null || isRevealed || !span.may_reveal) return
    const stop = new AbortController()
    const path = paths.reveal(span.execution_id, span.span_id, span.trace_id)
    // refused: the button is there, and says why
    api.post<SpanDetail>(path, { reason }, stop.signal).then(show, () => undefined)
    return () => stop.abort()
  }, [span.trace_id, span.span_id])
  if (!span.may_reveal) return null
  if (isRevealed) {
    const hide = () => {
      setStanding(api, span.execution_id, null)
      show(null)
    }
    return (
      <p class="content-notice revealed">
        <Icon name="eye" size={14} />
        <span>{reason === null ? strings.revealed : strings.revealedAll}</span>
        <button type="button" class="link" onClick={hide}>
          {strings.hideAgain}
        </button>
      </p>
    )
  }
  return (
    <p class="reveal-line">
      <button type="button" class="button small" onClick={() => setAsking(true)}>
        <Icon name="eye" size={14} />
        {strings.revealAsk}
      </button>
      {asking ? <RevealDialog span={span} close={() => setAsking(false)} revealed={show} /> : null}
    </p>
  )
}
