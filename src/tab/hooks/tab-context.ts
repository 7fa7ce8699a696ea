import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Api } from '../api/client.ts'
import type { Format } from '../model/format.ts'
import type { Place } from '../model/place.ts'
import type { TraceTabEvents } from '../public.ts'

/** What nearly every part of the tab needs. */
export interface Tab {
  api: Api
  format: Format
  place: Place
  /** Goes to another place; `replace` leaves no step to go back to. */
  go: (change: Partial<Place>, options?: { replace?: boolean }) => void
  /** The address of a place, for links that open in a new tab; null when the host owns the address. */
  hrefOf: (change: Partial<Place>) => string | null
  /** Changes whenever the colours do, for what is painted by hand. */
  colours: string
  /** One column: a phone, or a narrow frame. */
  narrow: boolean
  /** The list of executions is open until the reader closes it. */
  roomy: boolean
  /** Single letters do things. Some readers switch them off: their speech input types letters. */
  letters: boolean
  setLetters: (on: boolean) => void
  /** Rows of 24 CSS pixels. */
  dense: boolean
  setDense: (on: boolean) => void
  /** The detail stands below the rest, not beside it. */
  below: boolean
  setBelow: (on: boolean) => void
  /** Gives the tab the style of a part that came later. */
  adopt: (styles: readonly string[]) => void
  /** Copies the address of what is shown. */
  copyLink: () => void
  /** Said by assistive technology, politely. */
  announce: (text: string) => void
  emit: <Name extends keyof TraceTabEvents>(name: Name, detail: TraceTabEvents[Name]) => boolean
  /** The token of the last request; null = it had none. Nothing is drawn anew for it. */
  sent: { readonly current: string | null }
  signIn: ((token: string) => void) | undefined
}

export const TabContext = createContext<Tab | null>(null)

export function useTab(): Tab {
  const tab = useContext(TabContext)
  if (!tab) throw new Error('useTab is used outside the tab')
  return tab
}
