import { useEffect, useRef } from 'preact/hooks'
import { useTab } from '../hooks/tab-context.ts'
import { strings } from '../strings.ts'
import dialog from '../styles/dialog.css?inline'
import { Icon } from './icon.tsx'
import { shortcuts } from './shortcuts.ts'

export const styles = [dialog]

export function HelpDialog({ close }: { close: () => void }) {
  const { letters, setLetters } = useTab()
  const element = useRef<HTMLDialogElement>(null)
  useEffect(() => element.current?.showModal(), [])
  return (
    <dialog ref={element} class="help" aria-label={strings.keyboardHelp} onClose={close}>
      <div class="help-head">
        <h2>{strings.keyboardHelp}</h2>
        <button
          type="button"
          class="icon-button"
          aria-label={strings.close}
          onClick={() => element.current?.close()}
        >
          <Icon name="close" />
        </button>
      </div>
      <dl class="help-list">
        {shortcuts.map(([keys, meaning]) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <label class="help-letters">
        <input
          type="checkbox"
          checked={letters}
          onChange={(event) => setLetters(event.currentTarget.checked)}
        />
        <span>
          {strings.letters}
          <span class="faint"> {strings.lettersLead}</span>
        </span>
      </label>
    </dialog>
  )
}
