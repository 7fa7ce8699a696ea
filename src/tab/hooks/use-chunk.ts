import { useEffect, useState } from 'preact/hooks'
import { useTab } from './tab-context.ts'

/** Asks once more for a part that could not come. */
export type TryAgain = () => void

/**
 * A part of the program that is loaded when it is first wanted; null while it comes, a way to try again if it could
 * not. What it exports as `styles` becomes the tab's.
 */
export function useChunk<Module extends object>(
  wanted: boolean,
  load: () => Promise<Module>,
): Module | null | TryAgain {
  const { adopt } = useTab()
  const [tries, setTries] = useState(0)
  const [module, setModule] = useState<Module | null | TryAgain>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: which part it is never changes
  useEffect(() => {
    if (!wanted || (module && typeof module !== 'function')) return
    let gone = false
    setModule(null)
    load().then(
      (loaded) => {
        if (gone) return
        if ('styles' in loaded) adopt(loaded.styles as readonly string[])
        setModule(() => loaded)
      },
      () => !gone && setModule(() => () => setTries(tries + 1)),
    )
    return () => {
      gone = true
    }
  }, [wanted, tries])
  return module
}
