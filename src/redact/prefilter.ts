import { bytesOf } from './bytes.ts'
import { byEnd, findKeywords } from './keywords.ts'
import { isWorthALook, look } from './look.ts'
import type { NameEnds } from './name-ends.ts'

/** Finds the keywords of all rules in a text. Most strings of a span hold none, and for them nothing else runs. */
export interface Prefilter {
  /**
   * Triples (keyword index, from, to) in the order of `to`; null = no keyword. Keywords that cannot lead to a match
   * where they stand may be left out.
   */
  search: (text: string) => number[] | null
}

/**
 * @param keywords lower case
 * @param anywhere by keyword: search all of a text for it, not only where the first look sees something
 */
export function buildPrefilter(
  keywords: readonly string[],
  anywhere: readonly boolean[],
  names: NameEnds,
): Prefilter {
  const seen = keywords.filter((_, index) => anywhere[index] !== true)
  const sight = { names, longest: Math.max(0, ...seen.map(({ length }) => length)) }
  const { within } = findKeywords(keywords, anywhere)
  const free = keywords.flatMap((keyword, index) => (anywhere[index] === true ? [{ keyword, index }] : []))
  // One by one is faster for a few that have no letters, so that case does not count.
  const oneByOne = free.length <= 4 && free.every(({ keyword }) => !/[a-z]/.test(keyword))
  const freely = findKeywords(
    keywords,
    anywhere.map((is) => !is),
  )
  return {
    search(text) {
      if (free.length === 0 && !isWorthALook(text)) return null
      const hits: number[] = []
      const read = bytesOf(text)
      const areas = seen.length === 0 ? null : look(text, read, sight)
      if (areas !== null) {
        for (let i = 0; i < areas.length; i += 2) {
          within(text, read.bytes, areas[i] as number, areas[i + 1] as number, hits)
        }
      }
      if (!oneByOne) freely.within(text, read.bytes, 0, text.length, hits)
      else for (const one of free) addEach(text, one, hits)
      return hits.length === 0 ? null : byEnd(hits)
    },
  }
}

function addEach(text: string, { keyword, index }: { keyword: string; index: number }, hits: number[]): void {
  for (let at = text.indexOf(keyword); at !== -1; at = text.indexOf(keyword, at + 1)) {
    hits.push(index, at, at + keyword.length)
  }
}
