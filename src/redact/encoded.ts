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

/** A text that is being written, and where each character came from. */
class Writing {
  readonly offsets: Uint32Array
  readonly #units: Buffer
  #size = 0

  constructor(most: number) {
    this.offsets = new Uint32Array(most + 1)
    this.#units = Buffer.allocUnsafeSlow(most * 2)
  }

  add(code: number, at: number): void {
    this.offsets[this.#size] = at
    this.#units[this.#size * 2] = code
    this.#units[this.#size * 2 + 1] = code >> 8
    this.#size++
  }

  end(at: number): Decoded {
    this.offsets[this.#size] = at
    return { text: this.#units.toString('utf16le', 0, this.#size * 2), offsets: this.offsets }
  }
}

/** `%2D` → `-`. Bytes beyond ASCII become `\u00ff`-like characters: no rule needs them whole. */
export function decodePercent(text: string): Decoded {
  const writing = new Writing(text.length)
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at)
    const high = code === 37 ? hex(text.charCodeAt(at + 1)) : -1
    const low = high < 0 ? -1 : hex(text.charCodeAt(at + 2))
    writing.add(low < 0 ? code : high * 16 + low, at)
    at += low < 0 ? 1 : 3
  }
  return writing.end(text.length)
}

const short = new Uint8Array(128)
for (const [mark, char] of ['n\n', 'r\r', 't\t', '""', '//', '\\\\', 'b\b', 'f\f']) {
  short[(mark as string).charCodeAt(0)] = (char as string).charCodeAt(0)
}

/** `\u002d` → `-`, `\/` → `/`, `\n` → a line break: what a JSON string means, without parsing the JSON. */
export function decodeEscapes(text: string): Decoded {
  const writing = new Writing(text.length)
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at)
    const next = code === 92 ? text.charCodeAt(at + 1) : -1
    const unit = next === 117 ? unicodeAt(text, at + 2) : -1
    const plain = next > 0 && next < 128 ? (short[next] as number) : 0
    writing.add(unit >= 0 ? unit : plain > 0 ? plain : code, at)
    at += unit >= 0 ? 6 : plain > 0 ? 2 : 1
  }
  return writing.end(text.length)
}

/** The number of four hex digits, or -1. */
function unicodeAt(text: string, at: number): number {
  let code = 0
  for (let i = at; i < at + 4; i++) {
    const digit = hex(text.charCodeAt(i))
    if (digit < 0) return -1
    code = code * 16 + digit
  }
  return code
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
