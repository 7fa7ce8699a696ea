import type { SpanDetail } from '../../http/schemas/trace.ts'
import { strings } from '../strings.ts'
import { Icon } from '../views/icon.tsx'
import { RichText } from './rich-text.tsx'

/** What went wrong, above everything else. */
export function SpanError({ span }: { span: SpanDetail }) {
  const failed = span.state === 'error' || span.error !== null
  const message = span.error?.message ?? span.status.message ?? ''
  return (
    <section class={`span-error ${failed ? '' : 'quiet'}`}>
      <Icon name={failed ? 'alert' : 'info'} />
      <div>
        <strong>{span.error?.type ?? (failed ? strings.failedWith : strings.state[span.state])}</strong>
        {message ? (
          <p>
            <RichText text={message} />
          </p>
        ) : null}
        {span.error?.stack ? (
          <details>
            <summary>{strings.stack}</summary>
            <pre>{span.error.stack}</pre>
          </details>
        ) : null}
      </div>
    </section>
  )
}
