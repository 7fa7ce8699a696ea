import { useTab } from '../hooks/tab-context.ts'
import { VIEWS } from '../model/place.ts'
import { strings } from '../strings.ts'

/** The ways to look at the trace, as tabs that the arrow keys move through. */
export function ViewSwitch() {
  const { place, go } = useTab()
  const move = (from: HTMLElement, by: number) => {
    const at = (VIEWS.indexOf(place.view) + by + VIEWS.length) % VIEWS.length
    const name = VIEWS[at]
    const tab = from.parentElement?.children[at]
    if (name) go({ view: name }, { replace: true })
    if (tab instanceof HTMLElement) tab.focus()
  }
  return (
    <div class="segments views" role="tablist" aria-label={strings.viewSwitch}>
      {VIEWS.map((name) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`view-${name}`}
          aria-selected={place.view === name}
          aria-controls="view-panel"
          tabIndex={place.view === name ? 0 : -1}
          onClick={() => go({ view: name })}
          onKeyDown={(event) => {
            if (event.key === 'ArrowRight') move(event.currentTarget, 1)
            else if (event.key === 'ArrowLeft') move(event.currentTarget, -1)
          }}
        >
          {strings.view[name]}
        </button>
      ))}
    </div>
  )
}
