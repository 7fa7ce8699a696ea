import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import type { TryAgain } from '../hooks/use-chunk.ts'
import { strings } from '../strings.ts'
import { StateCard } from './states.tsx'

interface Props {
  retry: TryAgain
  children?: ComponentChildren
}

/**
 * In the place of a part of the program that could not come: the network failed, or after an update of the service its
 * file is gone. The first is over when the part is asked for again, the second when the page is.
 */
export function NotLoaded({ retry, children }: Props) {
  return (
    <StateCard icon="offline" title={strings.failed.part} text={strings.partText}>
      <Ways retry={retry} style="button" />
      {children}
    </StateCard>
  )
}

/** The same in one line, where the rest is there without the part. */
export function NotLoadedLine({ retry }: Pick<Props, 'retry'>) {
  return (
    <p class="not-loaded" role="status">
      {strings.failed.part}. {strings.partText} <Ways retry={retry} style="link" />
    </p>
  )
}

/** Milliseconds that a network needs, after the browser has said that it is there, until something comes through. */
const SETTLES_MS = 500

/** The page is loaded again by a click alone, for it may be another's page, and only where a network is there to load it. */
function Ways({ retry, style }: Pick<Props, 'retry'> & { style: string }) {
  useEffect(() => {
    const soon = () => setTimeout(retry, SETTLES_MS)
    addEventListener('online', soon)
    return () => removeEventListener('online', soon)
  }, [retry])
  return (
    <span class="ways">
      <button type="button" class={style} onClick={retry}>
        {strings.retry}
      </button>
      {navigator.onLine ? (
        <button type="button" class={style} onClick={() => location.reload()}>
          {strings.reloadPage}
        </button>
      ) : null}
    </span>
  )
}
