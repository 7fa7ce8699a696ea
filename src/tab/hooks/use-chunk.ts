import { useEffect, useState } from 'preact/hooks'

/** A part of the program that is loaded when it is first wanted; null while it comes or if it cannot come. */
export function useChunk<Module>(wanted: boolean, load: () => Promise<Module>): Module | null {
  const [module, setModule] = useState<Module | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: which part it is never changes
  useEffect(() => {
    if (!wanted || module) return
    let gone = false
    load().then(
      (loaded) => {
        if (!gone) setModule(() => loaded)
      },
      () => undefined,
    )
    return () => {
      gone = true
    }
  }, [wanted])
  return module
}
