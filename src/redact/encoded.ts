/**
 * Texts that hide in texts, one level deep: percent-encoding, JSON escapes, base64. Each decoder keeps where
 * every decoded character came from, so that what is found inside is removed from the text as it was sent.
 */
export interface Decoded {
  text: string
  /** Offset in the original of each character of `text`, and of its end. */
  offsets: Uint32Array
}

const hex = (code: number): number => {
  if (code >= 48 && code <= 57) return code - 48
  const letter = code | 32
  return letter >= 97 && letter <= 102 ? letter - 87 : -1
}

/** Decodes what `read` recognizes at its marks and copies the rest. `read` returns [character, length] or null. */
function decodeMarks(text: string, mark: string, read: (at: number) => [string, number] | null): Decoded {
  const offsets = new Uint32Array(text.length + 1)
  const parts: string[] = []
  let size = 0
  let copied = 0
  const copy = (to: number): void => {
    for (let i = copied; i < to; i++) offsets[size++] = i
    parts.push(text.slice(copied, to))
    copied = to
  }
  for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, Math.max(at + 1, copied))) {
    const found = read(at)
    if (found === null) continue
    copy(at)
    offsets[size++] = at
    parts.push(found[0])
    copied = at + found[1]
  }
  copy(text.length)
  offsets[size] = text.length
  return { text: parts.join(''), offsets }
}

/** `%2D` → `-`. Bytes beyond ASCII become `\u00ff`-like characters: no rule needs them whole. */
export function decodePercent(text: string): Decoded {
  return decodeMarks(text, '%', (at) => {
    const high = hex(text.charCodeAt(at + 1))
    const low = hex(text.charCodeAt(at + 2))
    return high < 0 || low < 0 ? null : [String.fromCharCode(high * 16 + low), 3]
  })
}

const short: Record<string, string> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '"': '"',
  '/': '/',
  '\\': '\\',
  b: '\b',
  f: '\f',
}

/** `\u002d` → `-`, `\/` → `/`, `\n` → a line break: what a JSON string means, without parsing the JSON. */
export function decodeEscapes(text: string): Decoded {
  return decodeMarks(text, '\\', (at) => {
    const next = text[at + 1] ?? ''
    if (next === 'u') {
      let code = 0
      for (let i = 2; i < 6; i++) {
        const digit = hex(text.charCodeAt(at + i))
        if (digit < 0) return null
        code = code * 16 + digit
      }
      return [String.fromCharCode(code), 6]
    }
    const char = short[next]
    return char === undefined ? null : [char, 2]
  })
}

const inBase64 = (code: number): boolean =>
  (code >= 48 && code <= 57) ||
  (code >= 65 && code <= 90) ||
  (code >= 97 && code <= 122) ||
  code === 43 ||
  code === 47 ||
  code === 45 ||
  code === 95

/** The run of base64 or base64url around an offset: [from, to), its padding included. */
export function base64Run(text: string, at: number, least: number): [number, number] {
  let from = at
  let to = at
  while (from > least && inBase64(text.charCodeAt(from - 1))) from--
  while (to < text.length && inBase64(text.charCodeAt(to))) to++
  for (let pad = 0; pad < 2 && text[to] === '='; pad++) to++
  return [from, to]
}

/** The bytes of a base64 run as text; the wrong start of a run (a prefix stuck to it) is the caller's matter. */
export function decodeBase64(run: string): string {
  return Buffer.from(run, 'base64').toString('latin1')
}

/**
 * What a keyword looks like inside base64, at each of the three places it can have in a group of three bytes;
 * lower case, for the prefilter. Only characters that the keyword alone decides are kept.
 */
export function base64Fragments(keyword: string): string[] {
  const forms = new Set<string>()
  for (let shift = 0; shift < 3; shift++) {
    const encoded = Buffer.from('\0'.repeat(shift) + keyword, 'latin1').toString('base64url')
    const first = Math.ceil((shift * 8) / 6)
    const last = Math.floor(((shift + keyword.length) * 8) / 6)
    const fragment = encoded.slice(first, last)
    if (fragment.length >= 5) forms.add(fragment.toLowerCase())
  }
  return [...forms]
}
