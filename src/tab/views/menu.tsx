import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Icon, type IconName } from './icon.tsx'

interface Props {
  icon: IconName
  label: string
  /** The label is shown, not only said. */
  labelled?: boolean
  children: ComponentChildren
}

/** A button that unfolds a short list of links and buttons; Escape, a choice or a click elsewhere folds it. */
export function Menu({ icon, label, labelled = false, children }: Props) {
  const [open, setOpen] = useState(false)
  const frame = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    if (!open) return
    const away = (event: Event) => {
      if (frame.current && !event.composedPath().includes(frame.current)) setOpen(false)
    }
    addEventListener('pointerdown', away)
    return () => removeEventListener('pointerdown', away)
  }, [open])
  const items = () => [...(frame.current?.querySelectorAll<HTMLElement>('.menu-list > *') ?? [])]
  const move = (by: number) => {
    const root = frame.current?.getRootNode()
    const active = root instanceof ShadowRoot ? root.activeElement : null
    const all = items()
    all[(all.indexOf(active as HTMLElement) + by + all.length) % all.length]?.focus()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of what is inside bubble up to it
    <span
      ref={frame}
      class="menu"
      onKeyDown={(event) => {
        if (!open) return
        if (event.key === 'Escape') {
          setOpen(false)
          frame.current?.querySelector('button')?.focus()
        } else if (event.key === 'ArrowDown') move(1)
        else if (event.key === 'ArrowUp') move(-1)
        else return
        event.preventDefault()
        event.stopPropagation()
      }}
    >
      <button
        type="button"
        class={labelled ? 'button small' : 'icon-button'}
        aria-expanded={open}
        aria-label={labelled ? undefined : label}
        title={label}
        onClick={() => setOpen(!open)}
      >
        {labelled ? label : null}
        <Icon name={icon} size={labelled ? 13 : 16} />
      </button>
      {open ? (
        // biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: a choice inside folds it
        <div class="menu-list" onClick={() => setOpen(false)}>
          {children}
        </div>
      ) : null}
    </span>
  )
}
