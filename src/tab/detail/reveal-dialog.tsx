import { useEffect, useRef, useState } from 'preact/hooks'
import type { SpanDetail } from '../../http/schemas/trace.ts'
import { asFailure } from '../api/failure.ts'
import { paths } from '../api/paths.ts'
import { setStanding } from '../api/standing-reveals.ts'
import { useTab } from '../hooks/tab-context.ts'
import { strings } from '../strings.ts'
import { Icon } from '../views/icon.tsx'

/** The longest reason that the service takes, in characters. */
const LONGEST = 500

interface Props {
  span: SpanDetail
  close: () => void
  revealed: (span: SpanDetail) => void
}

/** Asks why personal data must be seen. The reason, who gave it and when is kept by the service. */
export function RevealDialog({ span, close, revealed }: Props) {
  const { api } = useTab()
  const dialog = useRef<HTMLDialogElement>(null)
  const [reason, setReason] = useState('')
  const [isForAll, setForAll] = useState(false)
  const [state, setState] = useState<'idle' | 'busy'>('idle')
  const [error, setError] = useState<string | null>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const send = async () => {
    setState('busy')
    setError(null)
    try {
      const path = paths.reveal(span.execution_id, span.span_id, span.trace_id)
      const unmasked = await api.post<SpanDetail>(
        path,
        { reason: reason.trim() },
        AbortSignal.timeout(30_000),
      )
      if (isForAll) setStanding(api, span.execution_id, reason.trim())
      revealed(unmasked)
      close()
    } catch (reason_) {
      const failure = asFailure(reason_)
      setError(failure.kind === 'denied' ? strings.revealDenied : failure.detail || strings.errorText)
      setState('idle')
    }
  }
  return (
    <dialog ref={dialog} class="help reveal" aria-label={strings.revealTitle} onClose={close}>
      <div class="help-head">
        <h2>{strings.revealTitle}</h2>
        <button
          type="button"
          class="icon-button"
          aria-label={strings.close}
          onClick={() => dialog.current?.close()}
        >
          <Icon name="close" />
        </button>
      </div>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (reason.trim() !== '' && state === 'idle') void send()
        }}
      >
        <p>{strings.revealLead}</p>
        <label>
          <span>{strings.revealReason}</span>
          <textarea
            class="input"
            rows={3}
            maxLength={LONGEST}
            required
            value={reason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={isForAll}
            onChange={(event) => setForAll(event.currentTarget.checked)}
          />
          <span>{strings.revealAll}</span>
        </label>
        {error ? (
          <p class="form-error" role="status">
            <Icon name="alert" size={14} />
            {error}
          </p>
        ) : null}
        <div class="reveal-buttons">
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            {strings.cancel}
          </button>
          <button type="submit" class="button primary" disabled={reason.trim() === '' || state === 'busy'}>
            {strings.revealAct}
          </button>
        </div>
      </form>
    </dialog>
  )
}
