import type { Reading } from './rule.ts'

/** Longest local part of an address: RFC 5321 has 64 octets. */
const LOCAL = 67
const domain = /(?:[\p{L}\p{N}-]+\.)+\p{L}{2,24}/uy
const letter = /^[\p{L}\p{N}]$/u

/** What a UTF-16 unit is to the local part: 2 = it may begin with it, 1 = it may stand within. */
function kindAt(text: string, at: number): 0 | 1 | 2 {
  const code = text.charCodeAt(at)
  if (code < 128) {
    if ((code >= 48 && code <= 57) || ((code | 32) >= 97 && (code | 32) <= 122)) return 2
    return code === 46 || code === 95 || code === 43 || code === 39 || code === 45 ? 1 : 0
  }
  const low = code >= 0xdc00 && code <= 0xdfff
  return letter.test(low ? text.slice(at - 1, at + 1) : text.charAt(at)) ? 2 : 0
}

/** An address of mail around its `@` or `%40`: back over the local part, then forward over the domain. */
export function readEmail(text: string, at: number): Reading {
  let from = at
  let start = at
  while (from > 0 && at - from < LOCAL) {
    const kind = kindAt(text, from - 1)
    if (kind === 0) break
    const unit = text.charCodeAt(from - 1)
    from -= unit >= 0xdc00 && unit <= 0xdfff ? 2 : 1
    if (kind === 2) start = from
  }
  domain.lastIndex = at + (text[at] === '@' ? 1 : 3)
  if (start === at || !domain.test(text)) return { from: at, to: at, done: at + 1 }
  return { from: start, to: domain.lastIndex, done: domain.lastIndex }
}
