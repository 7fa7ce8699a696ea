import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Failure } from '../api/failure.ts'
import { workspaceOf } from '../api/token.ts'
import { useTab } from '../hooks/tab-context.ts'
import { strings } from '../strings.ts'
import { Icon, type IconName } from './icon.tsx'

interface CardProps {
  icon: IconName
  title: string
  text: string
  requestId?: string | null
  children?: ComponentChildren
}

/** A quiet card in the middle: what is the case, and what can be done. */
export function StateCard({ icon, title, text, requestId, children }: CardProps) {
  return (
    <div class="state">
      <div class="state-card">
        <span class="state-icon">
          <Icon name={icon} size={22} />
        </span>
        <h2>{title}</h2>
        <p>{text}</p>
        {children}
        <RequestId id={requestId} />
      </div>
    </div>
  )
}

/** What the administrator of the service asks for. */
export function RequestId({ id }: { id: string | null | undefined }) {
  return id ? (
    <span class="state-request">
      {strings.requestId} <code>{id}</code>
    </span>
  ) : null
}

/** What the service said, or that it said nothing, in a sentence. */
export function causeOf({ kind, detail }: Failure): string {
  const cause = kind === 'offline' ? strings.offlineTitle : detail || strings.errorText
  return /\w$/.test(cause) ? `${cause}.` : cause
}

interface FailureProps {
  failure: Failure
  retry: () => void
  what?: 'trace' | 'span' | 'list' | 'comparison'
}

/** Why `what` is not shown, for each way a request can fail. */
export function FailureState({ failure, retry, what = 'trace' }: FailureProps) {
  const { sent, signIn } = useTab()
  const { requestId } = failure
  switch (failure.kind) {
    case 'signed-out':
      return signIn ? (
        <SignIn signIn={signIn} refused={sent.current !== null} requestId={requestId} />
      ) : (
        <StateCard
          icon="lock"
          title={strings.signedOutTitle}
          text={strings.signedOutEmbedded}
          requestId={requestId}
        />
      )
    case 'denied':
      return (
        <StateCard icon="lock" title={strings.deniedTitle} text={strings.deniedText} requestId={requestId} />
      )
    case 'missing':
      return (
        <StateCard
          icon="lock"
          title={strings.missingTitle}
          text={what === 'span' ? strings.spanMissing : strings.missingText(workspaceOf(sent.current))}
          requestId={requestId}
        />
      )
    default: {
      const offline = failure.kind === 'offline'
      return (
        <StateCard
          icon={offline ? 'offline' : 'alert'}
          title={offline && what === 'trace' ? strings.offlineTitle : strings.failed[what]}
          text={offline && what === 'trace' ? strings.offlineText : causeOf(failure)}
          requestId={requestId}
        >
          <button type="button" class="button" onClick={retry}>
            <Icon name="refresh" />
            {strings.retry}
          </button>
        </StateCard>
      )
    }
  }
}

interface SignInProps {
  signIn: (token: string) => void
  /** A token was sent and refused. */
  refused: boolean
  requestId: string | null
}

function SignIn({ signIn, refused, requestId }: SignInProps) {
  const [token, setToken] = useState('')
  return (
    <StateCard
      icon="lock"
      title={strings.signedOutTitle}
      text={strings.signedOutText}
      requestId={refused ? requestId : null}
    >
      <form
        class="sign-in"
        onSubmit={(event) => {
          event.preventDefault()
          if (token.trim() !== '') signIn(token.trim())
        }}
      >
        {refused ? (
          <p class="form-error">
            <Icon name="alert" size={14} />
            {strings.expired}
          </p>
        ) : null}
        <label class="sr" for="token">
          {strings.token}
        </label>
        <input
          id="token"
          class="input"
          type="password"
          autocomplete="off"
          spellcheck={false}
          placeholder={strings.token}
          value={token}
          onInput={(event) => setToken(event.currentTarget.value)}
        />
        <button type="submit" class="button primary">
          {strings.signIn}
        </button>
      </form>
    </StateCard>
  )
}

/** Grey rows while the trace comes; they appear only when that takes a moment. */
export function LoadingRows() {
  return (
    <div class="loading" role="status">
      <span class="sr">{strings.loadingTrace}</span>
      {[0, 1, 2, 2, 1, 2, 3, 3, 1].map((level, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows never change
        <div key={n} class={`loading-row level-${level}`}>
          <span class="ghost" />
          <span class="ghost" />
        </div>
      ))}
    </div>
  )
}
