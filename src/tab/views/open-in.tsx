import type { Summary } from '../../http/schemas/trace.ts'
import { useTab } from '../hooks/tab-context.ts'
import { strings } from '../strings.ts'
import { Icon } from './icon.tsx'

/** Links to dashboards elsewhere; nothing when none is configured. Only https addresses become links. */
export function OpenIn({ links }: { links: Summary['links'] }) {
  const { emit } = useTab()
  const safe = links.filter((link) => link.url.startsWith('https://'))
  if (safe.length === 0) return null
  return (
    <span class="open-in">
      {safe.map((link) => (
        <a
          key={link.url}
          class="button small"
          href={link.url}
          target="_blank"
          rel="noopener noreferrer"
          title={`${strings.openIn} ${link.name} (${hostOf(link.url)})`}
          onClick={(event) => {
            if (!emit('trace-open-external', { url: link.url, name: link.name })) event.preventDefault()
          }}
        >
          {link.name}
          <Icon name="external" size={13} />
        </a>
      ))}
    </span>
  )
}

function hostOf(url: string): string {
  try {
    return new URL(url).host
  } catch {
    return ''
  }
}
