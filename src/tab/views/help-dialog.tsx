import { useEffect, useRef } from 'preact/hooks'
import { useTab } from '../hooks/tab-context.ts'
import { strings } from '../strings.ts'
import { Icon } from './icon.tsx'
import { shortcuts } from './shortcuts.ts'

export function HelpDialog({ close }: { close: () => void }) {
  const { letters, setLetters } = useTab()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} class="help" aria-label={strings.keyboardHelp} onClose={close}>
      <div class="help-head">
        <h2>{strings.keyboardHelp}</h2>
        <button
          type="button"
          class="icon-button"
          aria-label={strings.close}
          onClick={() => dialog.current?.close()}
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
