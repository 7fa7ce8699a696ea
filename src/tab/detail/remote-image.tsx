import { useState } from 'preact/hooks'
import { strings } from '../strings.ts'

/**
 * An image of another host: nothing is asked of it until its button is pressed, and then without a referrer.
 * The page's own policy may still block it (the page of the service does): then a link leads to it.
 */
export function RemoteImage({ url, text }: { url: URL; text: string }) {
  const [state, setState] = useState<'waiting' | 'wanted' | 'blocked'>('waiting')
  const label = text ? `${text} · ` : ''
  if (state === 'waiting') {
    return (
      <button type="button" class="media" title={url.href} onClick={() => setState('wanted')}>
        {label}
        {strings.loadImage(url.host)}
      </button>
    )
  }
  if (state === 'blocked') {
    return (
      <a class="media" href={url.href} target="_blank" rel="noopener noreferrer nofollow" title={url.href}>
        {label}
        {strings.blockedImage(url.host)}
      </a>
    )
  }
  return (
    <img
      class="remote-image"
      src={url.href}
      alt={text || strings.image}
      referrerpolicy="no-referrer"
      onError={() => setState('blocked')}
    />
  )
}
