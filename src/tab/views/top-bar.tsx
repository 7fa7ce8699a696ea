import { useTab } from '../hooks/tab-context.ts'
import { useCopy } from '../hooks/use-copy.ts'
import { nowhere } from '../model/place.ts'
import { strings } from '../strings.ts'
import { Icon, type IconName } from './icon.tsx'
import { PlaceLink } from './place-link.tsx'

const themes = ['auto', 'light', 'dark'] as const
const themeIcons: Record<(typeof themes)[number], IconName> = { auto: 'auto', light: 'sun', dark: 'moon' }

interface Props {
  /** null = the host decides, there is no switch. */
  theme: string | null
  setTheme: (theme: string) => void
  showHelp: () => void
}

export function TopBar({ theme, setTheme, showHelp }: Props) {
  const { place, hrefOf } = useTab()
  const { copied, copy } = useCopy()
  const current = themes.find((name) => name === theme) ?? 'auto'
  const next = themes[(themes.indexOf(current) + 1) % themes.length] ?? 'auto'
  return (
    <header class="top-bar">
      <PlaceLink class="brand" to={{ ...nowhere }}>
        <Logo />
        <span class="brand-name">{strings.product}</span>
      </PlaceLink>
      {place.workflow === null ? null : (
        <>
          <span class="crumb-line" aria-hidden="true">
            /
          </span>
          <h1 class="top-title" title={place.workflow}>
            {place.workflow}
          </h1>
        </>
      )}
      <span class="spacer" />
      {place.execution !== null && hrefOf({}) !== null ? (
        <button
          type="button"
          class="icon-button"
          title={copied ? strings.copied : strings.copyLink}
          aria-label={strings.copyLink}
          onClick={() => copy(location.href)}
        >
          <Icon name={copied ? 'check' : 'link'} />
        </button>
      ) : null}
      {theme === null ? null : (
        <button
          type="button"
          class="icon-button"
          title={strings.theme[current]}
          aria-label={strings.theme[current]}
          onClick={() => setTheme(next)}
        >
          <Icon name={themeIcons[current]} />
        </button>
      )}
      <button
        type="button"
        class="icon-button wide-only"
        title={`${strings.keyboardHelp} (?)`}
        aria-label={strings.keyboardHelp}
        onClick={showHelp}
      >
        <Icon name="keyboard" />
      </button>
    </header>
  )
}

function Logo() {
  return (
    <svg class="logo" width="22" height="22" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M7 10h13M11 16h14M15 22h7" />
    </svg>
  )
}
