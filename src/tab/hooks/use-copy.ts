import { useEffect, useRef, useState } from 'preact/hooks'
import { strings } from '../strings.ts'
import { useTab } from './tab-context.ts'

/** Copies a text; `copied` is true for a moment after it. */
export function useCopy(): { copied: boolean; copy: (text: string) => void } {
  const { announce } = useTab()
  const [copied, setCopied] = useState(false)
  const timer = useRef(0)
  useEffect(() => () => clearTimeout(timer.current), [])
  const copy = (text: string) => {
    // Without permission nothing is copied and nothing is claimed.
    navigator.clipboard
      ?.writeText(text)
      .then(() => {
        setCopied(true)
        announce(strings.copied)
        clearTimeout(timer.current)
        timer.current = window.setTimeout(() => setCopied(false), 1500)
      })
      .catch(() => setCopied(false))
  }
  return { copied, copy }
}
