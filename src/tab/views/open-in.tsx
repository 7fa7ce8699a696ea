import type { Summary } from '../../http/schemas/trace.ts'
import { useTab } from '../hooks/tab-context.ts'
import { strings } from '../strings.ts'
import { Icon } from './icon.tsx'
import { Menu } from './menu.tsx'

/** Links to dashboards elsewhere; nothing when none is configured. Only https addresses become links. */
export function OpenIn({ links }: { links: Summary['links'] }) {
  const { emit, narrow } = useTab()
  const safe = links.flatMap(({ name, url }) => {
    const host = safeHost(url)
    return host === null ? [] : [{ name, url, host }]
  })
  if (safe.length === 0) return null
  return (
    <Menu icon="external" label={strings.openIn} labelled={!narrow}>
      {safe.map((link) => (
        <a
          key={link.url}
          href={link.url}
          target="_blank"
          rel="noopener noreferrer"
          onClick={(event) => {
            if (!emit('trace-open-external', { url: link.url, name: link.name })) event.preventDefault()
          }}
        >
          <span>{link.name}</span>
          <span class="faint">{link.host}</span>
          <Icon name="external" size={13} />
        </a>
      ))}
    </Menu>
  )
}

/** The host of an https address; null = it may not become a link. */
function safeHost(url: string): string | null {
  try {
    const { protocol, host } = new URL(url)
    return protocol === 'https:' ? host : null
  } catch {
    return null
  }
}
