import { useEffect, useState } from 'preact/hooks'
import { useTab } from './tab-context.ts'

/**
 * A part of the program that is loaded when it is first wanted; null while it comes, false if it cannot come. What
 * it exports as `styles` becomes the tab's.
 */
export function useChunk<Module extends object>(
  wanted: boolean,
  load: () => Promise<Module>,
): Module | null | false {
  const { adopt } = useTab()
  const [module, setModule] = useState<Module | null | false>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: which part it is never changes
  useEffect(() => {
    if (!wanted || module) return
    let gone = false
    load().then(
      (loaded) => {
        if (gone) return
        if ('styles' in loaded) adopt(loaded.styles as readonly string[])
        setModule(() => loaded)
      },
      () => !gone && setModule(false),
    )
    return () => {
      gone = true
    }
  }, [wanted])
  return module
}
