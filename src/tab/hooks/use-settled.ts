import { useCallback, useEffect, useRef, useState } from 'preact/hooks'

/** Milliseconds without another key after which a row that the arrows reached is the selected one. */
const SETTLE = 90

interface Ahead {
  /** Key of the row that is going to be selected. */
  key: string | null
  /** Selects a row once no other comes; until then only the tree says that it is selected. */
  soon: (key: string | undefined) => void
  /** Forgets the row that was going to be selected. */
  drop: () => void
}

/**
 * The selection while arrow keys are held: the tree shows it at once, and everything else (the address, the
 * detail, its request) follows when the keys rest. So a key costs the tree alone.
 */
export function useSettled(select: (key: string) => void): Ahead {
  const [key, setKey] = useState<string | null>(null)
  const timer = useRef(0)
  const latest = useRef(select)
  latest.current = select
  useEffect(() => () => clearTimeout(timer.current), [])
  const drop = useCallback(() => {
    clearTimeout(timer.current)
    setKey(null)
  }, [])
  const soon = useCallback((next: string | undefined) => {
    clearTimeout(timer.current)
    if (next === undefined) return
    setKey(next)
    timer.current = window.setTimeout(() => {
      latest.current(next)
      setKey(null)
    }, SETTLE)
  }, [])
  return { key, soon, drop }
}
