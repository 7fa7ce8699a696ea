import { Icon } from './icon.tsx'

interface Props {
  icon: 'up' | 'down'
  label: string
  /** null = there is nothing further that way. */
  act: (() => void) | null
}

/** A button that goes one further, in the detail and among the executions. */
export function Step({ icon, label, act }: Props) {
  return (
    <button
      type="button"
      class="icon-button"
      title={label}
      aria-label={label}
      disabled={act === null}
      onClick={() => act?.()}
    >
      <Icon name={icon} />
    </button>
  )
}
