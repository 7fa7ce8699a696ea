import { useState } from 'preact/hooks'
import type { SpanDetail } from '../../http/schemas/trace.ts'
import { useTab } from '../hooks/tab-context.ts'
import { useChunk } from '../hooks/use-chunk.ts'
import { strings } from '../strings.ts'
import { Icon } from '../views/icon.tsx'

interface Props {
  span: SpanDetail
  /** What is shown is unmasked already. */
  isRevealed: boolean
  /** null = hide it again. */
  show: (span: SpanDetail | null) => void
}

/** For readers who may: shows what is masked, after a reason; and hides it again. */
export function Reveal({ span, isRevealed, show }: Props) {
  const { scopes } = useTab()
  const [asking, setAsking] = useState(false)
  const dialog = useChunk(asking, () => import('./reveal-dialog.tsx'))
  if (!scopes.has('content:reveal')) return null
  if (isRevealed) {
    return (
      <p class="content-notice revealed">
        <Icon name="eye" size={14} />
        <span>{strings.revealed}</span>
        <button type="button" class="link" onClick={() => show(null)}>
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
      {asking && dialog ? (
        <dialog.RevealDialog span={span} close={() => setAsking(false)} revealed={show} />
      ) : null}
    </p>
  )
}
