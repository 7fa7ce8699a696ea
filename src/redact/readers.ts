import type { Reading } from './rule.ts'

/**
 * Formats that are read by hand at their keyword: each looks at a character a few times at most, however often the
 * keyword comes.
 */

const table = (pattern: RegExp): Uint8Array =>
  Uint8Array.from({ length: 128 }, (_, code) => (pattern.test(String.fromCharCode(code)) ? 1 : 0))
const word = table(/[\w-]/)
const alnum = table(/[A-Za-z0-9]/)
const lines = table(/[\n\rA-Za-z0-9+/=\\]/)
const body = table(/[\t\n\f\r A-Za-z0-9+/=\\:,.()@]/)

const within = (set: Uint8Array, code: number): boolean => code < 128 && set[code] === 1

/** The end of the characters of a set from an offset on. */
function endOf(text: string, from: number, set: Uint8Array): number {
  let at = from
  while (at < text.length && within(set, text.charCodeAt(at))) at++
  return at
}

const nothing = (done: number): Reading => ({ from: done, to: done, done })

/** Two parts of base64url at least, the first a JSON object's, and what follows them. */
export function readJwt(text: string, keyword: number): Reading {
  if (!text.startsWith('eyJ', keyword)) return nothing(keyword + 1)
  const header = endOf(text, keyword + 3, word)
  // Another start within the same part comes no further.
  if (header - keyword < 11 || text[header] !== '.') return nothing(header)
  const payload = endOf(text, header + 1, word)
  if (payload - header < 9 || text[payload] !== '.') return nothing(header)
  let end = endOf(text, payload + 1, word)
  for (let more = 0; more < 2 && text[end] === '.'; more++) {
    const next = endOf(text, end + 1, word)
    if (next === end + 1) break
    end = next
  }
  return { from: keyword, to: end, done: end }
}

const BEGIN = '-----BEGIN '
const END = '-----END '
const end = /-----END [A-Z0-9 ]{0,40}-----/y

/** From the line that begins a private key to the one that ends it, or as far as its body goes. */
export function readPrivateKey(text: string, keyword: number): Reading {
  const before = Math.max(0, keyword - 40 - BEGIN.length)
  const line = text.slice(before, keyword)
  const from = before + line.lastIndexOf(BEGIN)
  const kind = /PRIVATE KEY(?: BLOCK)?-----/y
  kind.lastIndex = keyword
  if (from < before || !kind.test(text) || !/^[A-Z0-9 ]*$/.test(text.slice(from + BEGIN.length, keyword))) {
    return readKeyEnd(text, keyword)
  }
  let at = kind.lastIndex
  for (;;) {
    at = endOf(text, at, body)
    if (text[at] !== '-' || !within(alnum, text.charCodeAt(at + 1))) break
    at += 2
  }
  end.lastIndex = at
  const to = end.test(text) ? end.lastIndex : at
  return { from, to, done: to }
}

/** A private key whose beginning was cut off: lines of base64 up to the one that ends it. */
function readKeyEnd(text: string, keyword: number): Reading {
  const before = Math.max(0, keyword - 40 - END.length)
  const mark = before + text.slice(before, keyword).lastIndexOf(END)
  end.lastIndex = mark
  if (mark < before || !end.test(text)) return nothing(keyword + 1)
  const to = end.lastIndex
  // Dashes end it, so what one mark was read back from, the next one does not reach.
  let from = mark
  for (;;) {
    while (from > 0 && within(lines, text.charCodeAt(from - 1))) from--
    const indented = beforeBlanks(text, from)
    const breaks = text[indented - 1] === '\n' || (text[indented - 1] === 'n' && text[indented - 2] === '\\')
    if (indented === from || !breaks) break
    from = indented
  }
  while (from < mark && /\s/.test(text[from] as string)) from++
  return { from, to, done: to }
}

function beforeBlanks(text: string, from: number): number {
  let at = from
  while (at > 0 && (text[at - 1] === ' ' || text[at - 1] === '\t')) at--
  return at
}

/** The oldest keys, known by a mark in their middle. */
export function readOpenAiLegacyKey(text: string, keyword: number): Reading {
  if (!text.startsWith('T3BlbkFJ', keyword)) return nothing(keyword + 1)
  let from = keyword
  while (from > 0 && keyword - from < 64 && within(alnum, text.charCodeAt(from - 1))) from--
  if (keyword - from < 16 || !text.startsWith('sk-', from - 3)) return nothing(keyword + 1)
  const to = endOf(text, keyword + 8, alnum)
  return to - keyword < 24 ? nothing(to) : { from: from - 3, to, done: to }
}
