/** What says whether two artifacts are the same: null = unknown. */
export interface ComparedArtifact {
  name: string | null
  media_type: string | null
  size: number | null
  sha256: string | null
}

/** An artifact of either side that the other does not have so: null = it has none of that name. */
export interface ArtifactChange<T extends ComparedArtifact> {
  a: T | null
  b: T | null
}

/**
 * What is different between the artifacts of a node in two executions. Artifacts are the same by name, media type and
 * content; of those that are left, the ones of a name are each other's successors, in order.
 */
export function artifactChanges<T extends ComparedArtifact>(
  a: readonly T[],
  b: readonly T[],
): ArtifactChange<T>[] {
  const names = new Map<string, { a: T[]; b: T[] }>()
  const put = (side: 'a' | 'b', one: T) => {
    const key = one.name ?? ''
    let group = names.get(key)
    if (group === undefined) names.set(key, (group = { a: [], b: [] }))
    group[side].push(one)
  }
  for (const one of a) put('a', one)
  for (const one of b) put('b', one)
  return [...names.values()].flatMap((group) => {
    const after = [...group.b]
    const before = group.a.filter((one) => {
      const at = after.findIndex((other) => isSame(one, other))
      if (at === -1) return true
      after.splice(at, 1)
      return false
    })
    return Array.from({ length: Math.max(before.length, after.length) }, (_, i) => ({
      a: before[i] ?? null,
      b: after[i] ?? null,
    }))
  })
}

/** By the content where both say what it is, else by the size. */
function isSame(a: ComparedArtifact, b: ComparedArtifact): boolean {
  if (a.media_type !== b.media_type) return false
  if (a.sha256 !== null && b.sha256 !== null) return a.sha256 === b.sha256
  return a.size === null || b.size === null || a.size === b.size
}
