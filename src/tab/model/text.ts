/** Characters of a text that are shown before "Show all". */
export const TEXT_HEAD = 64 * 1024
/** Characters of JSON that may become a tree; beyond it is shown as text. */
const JSON_MOST = 1024 * 1024
/** Characters that may be read as markdown. */
export const MARKDOWN_MOST = 100 * 1024

/** A piece of text: plain, what redaction left in the place of a value, or an invisible character by name. */
export interface Piece {
  type: 'text' | 'redacted' | 'invisible'
  text: string
}

// Ours is `[redacted:rule]`, or with a digest `[redacted:rule:hmac]`; the others are what senders leave behind.
const MARK = /\[redacted(?::([\w.-]{1,40}))?(?::[\w]{1,16})?\]|__REDACTED__|<REDACTED>/gi
// What is drawn as nothing (bidirectional controls, zero-width characters, the tags and selectors that hide text in text) and
// controls other than tab, line feed and return. Joiners within a script or an emoji, and the selector of an emoji, are how
// those are written.
const INVISIBLE =
  /(?<![\p{Lo}\p{M}\p{Emoji}])[\u200c\u200d]|(?<!\p{Emoji})[\ufe0e\ufe0f]|(?!\u200c|\u200d|\ufe0e|\ufe0f)\p{DI}|[^\P{Cc}\t\n\r]/gu

/** Splits text at the marks of redaction; the piece's text is the rule's name, or empty. */
export function splitRedacted(text: string): Piece[] {
  return split(text, MARK, 'redacted', (match) => (match[1] ?? '').trim())
}

/** Splits text at characters that a reader cannot see; the piece's text is the code point. */
export function splitInvisible(text: string): Piece[] {
  return split(text, INVISIBLE, 'invisible', (match) => {
    const code = match[0].codePointAt(0) ?? 0
    return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  })
}

function split(
  text: string,
  pattern: RegExp,
  type: Piece['type'],
  name: (match: RegExpMatchArray) => string,
): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (const match of text.matchAll(pattern)) {
    if (match.index > at) pieces.push({ type: 'text', text: text.slice(at, match.index) })
    pieces.push({ type, text: name(match) })
    at = match.index + match[0].length
  }
  if (at < text.length) pieces.push({ type: 'text', text: text.slice(at) })
  return pieces
}

/** The object or array that a text holds as JSON; undefined = it is ordinary text. */
export function readJson(text: string): unknown {
  const first = text.trimStart()[0]
  if ((first !== '{' && first !== '[') || text.length > JSON_MOST) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A `data:` address as its type and size in bytes; null = it is none. */
export function readDataUri(text: string): { type: string; bytes: number } | null {
  const match = /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w=.+-]+)*?(;base64)?,/.exec(text.slice(0, 200))
  if (!match) return null
  const length = text.length - match[0].length
  return { type: match[1] ?? 'text/plain', bytes: match[2] ? Math.floor((length * 3) / 4) : length }
}
