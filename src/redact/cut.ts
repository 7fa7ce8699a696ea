import { limits } from '../limits.ts'

/** Ends of a value that was cut before it came here. */
const cutMark = /(?:…|\.\.\.)?\[?(?:truncated[^\]\n]{0,40})?(?:…|\.\.\.|\])$/

/** Lengths at which `normalize` cuts; one less where it would have split a character. */
const cutLengths = new Set(
  [limits.maxIdLength, limits.maxValueLength, limits.maxContentLength].flatMap((most) => [most - 1, most]),
)
/** `~` and the hash that `normalize` puts at the end of a name that was cut: characters. */
const KEY_HASH = 9
const LEAST = Math.min(...cutLengths)

/** Where the text of a cut value ends; -1 = it was not cut. */
export function cutEnd(text: string): number {
  const { length } = text
  if (length === limits.maxKeyLength && text.charCodeAt(length - KEY_HASH) === 126) return length - KEY_HASH
  const last = text.charCodeAt(length - 1)
  if (last === 0x2026 || last === 46 || last === 93) {
    const mark = cutMark.exec(text.slice(-64))
    if (mark !== null) return length - mark[0].length
  }
  return length >= LEAST && cutLengths.has(length) ? length : -1
}
