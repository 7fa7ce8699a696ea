import { looksRandom } from '../checks.ts'
import type { Rule } from '../rule.ts'

export const random = (found: string): boolean => looksRandom(found)

/** What stands between a provider's name and its token. */
export const IN_GAP = /[\w .:="'-]/

/** A token that says by its prefix whose it is. `min` = the least length of the whole token. */
export function token(
  id: string,
  keywords: string[],
  pattern: string,
  min: number,
  more: Partial<Rule> = {},
): Rule {
  return { id, keywords, pattern, min, ...more }
}
