import type { ComponentChildren } from 'preact'
import { strings } from '../strings.ts'
import { StateCard } from './states.tsx'

/**
 * In the place of a part of the program that cannot come: after an update of the service its file is gone, and a browser may
 * not ask twice for a file that failed. The page is loaded again by a click alone, for it may be another's page.
 */
export function NotLoaded({ children }: { children?: ComponentChildren }) {
  return (
    <StateCard icon="offline" title={strings.failed.part} text={strings.partText}>
      <button type="button" class="button" onClick={reload}>
        {strings.reloadPage}
      </button>
      {children}
    </StateCard>
  )
}

/** The same in one line, where the rest is there without the part. */
export function NotLoadedLine() {
  return (
    <p class="not-loaded" role="status">
      {strings.failed.part}. {strings.partText}{' '}
      <button type="button" class="link" onClick={reload}>
        {strings.reloadPage}
      </button>
    </p>
  )
}

const reload = () => location.reload()
