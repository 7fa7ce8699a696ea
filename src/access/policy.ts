import { ScopeMissing } from '../errors.ts'
import type { Principal, Scope } from '../model/principal.ts'

/** A workflow pattern is an id, `prefix*`, or `*`. A star elsewhere is an ordinary character of an id. */
const isPrefix = (pattern: string) => pattern.endsWith('*')

const matches = (pattern: string, id: string) =>
  isPrefix(pattern) ? id.startsWith(pattern.slice(0, -1)) : id === pattern

/** True when one of the patterns covers the workflow id. No pattern = nothing. */
export function allowsWorkflow(patterns: readonly string[], id: string): boolean {
  return patterns.some((pattern) => matches(pattern, id))
}

/**
 * The one way to write a set of patterns: sorted by UTF-16 units, without repetitions and without what another
 * pattern covers. Equal grants are equal lists, so that they share one realm.
 */
export function normalizePatterns(patterns: readonly string[]): readonly string[] {
  const unique = [...new Set(patterns)].sort()
  return unique.filter((pattern) => !unique.some((other) => other !== pattern && covers(other, pattern)))
}

/** The grant's id when it is exactly one literal id, else null. */
export function onlyLiteral(patterns: readonly string[]): string | null {
  const [only] = patterns
  return patterns.length === 1 && only !== undefined && !isPrefix(only) ? only : null
}

/** Throws ScopeMissing (403): a missing scope depends on the token alone, so saying so gives nothing away. */
export function requireScope(principal: Principal, scope: Scope): void {
  if (!principal.scopes.has(scope)) throw new ScopeMissing(scope)
}

function covers(wide: string, narrow: string): boolean {
  return isPrefix(wide) && narrow.startsWith(wide.slice(0, -1))
}
