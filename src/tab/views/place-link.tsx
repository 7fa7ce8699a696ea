import type { ComponentChildren } from 'preact'
import { useTab } from '../hooks/tab-context.ts'
import type { Place } from '../model/place.ts'

interface Props {
  to: Partial<Place>
  class?: string
  title?: string
  current?: boolean
  children: ComponentChildren
}

/** A link to a place of the tab: a real address where the page has them, a button in someone else's page. */
export function PlaceLink({ to, class: className = '', title, current, children }: Props) {
  const { go, hrefOf } = useTab()
  const href = hrefOf(to)
  const shared = {
    class: className,
    ...(title ? { title } : {}),
    'aria-current': current ? ('true' as const) : undefined,
  }
  if (href === null) {
    return (
      <button type="button" {...shared} onClick={() => go(to)}>
        {children}
      </button>
    )
  }
  return (
    <a
      {...shared}
      href={href}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
        event.preventDefault()
        go(to)
      }}
    >
      {children}
    </a>
  )
}
