import { useEffect, useState } from 'preact/hooks'

export interface Look {
  theme: 'light' | 'dark'
  highContrast: boolean
  reduceMotion: boolean
}

const dark = matchMedia('(prefers-color-scheme: dark)')
const contrast = matchMedia('(prefers-contrast: more)')
const still = matchMedia('(prefers-reduced-motion: reduce)')

/** The look that the attribute `theme` asks for, kept up to date; `inherit` reads the classes of `<html>`. */
export function useTheme(wanted: string): Look {
  const [, setVersion] = useState(0)
  useEffect(() => {
    const update = () => setVersion((version) => version + 1)
    const queries = [dark, contrast, still]
    for (const query of queries) query.addEventListener('change', update)
    const observer = new MutationObserver(update)
    if (wanted === 'inherit') observer.observe(document.documentElement, { attributeFilter: ['class'] })
    return () => {
      for (const query of queries) query.removeEventListener('change', update)
      observer.disconnect()
    }
  }, [wanted])
  const page = document.documentElement.classList
  const inherit = wanted === 'inherit'
  const isDark = wanted === 'dark' || (inherit ? page.contains('dark') : wanted !== 'light' && dark.matches)
  return {
    theme: isDark ? 'dark' : 'light',
    highContrast: contrast.matches || (inherit && page.contains('high-contrast')),
    reduceMotion: still.matches || (inherit && page.contains('reduce-motion')),
  }
}
