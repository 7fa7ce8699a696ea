/** UTF-16 units of one piece: what is escaped at a time stays in the processor's nearest cache. */
export const PIECE = 4096
/** UTF-16 units up to which a text is written without a call into the runtime. */
export const SHORT = 48

/** Node's own method, without the handling of arguments that `write` has. */
interface WritableBuffer extends Buffer {
  utf8Write(text: string, at: number): number
}

const piece = Buffer.alloc(PIECE * 3 + 8) as WritableBuffer
const pieceView = new DataView(piece.buffer, piece.byteOffset, piece.byteLength)

const BACKSLASH = 0x5c
/** `u`: of a control character that has no letter of its own, `\u00XX`. */
const AS_NUMBER = 0x75
/** What follows the backslash, by byte; 0 = the byte stands for itself. As JSON.stringify has it. */
const ESCAPES = new Uint8Array(256).fill(AS_NUMBER, 0, 0x20)
for (const [character, letter] of ['\bb', '\ff', '\nn', '\rr', '\tt', '""', '\\\\']) {
  ESCAPES[character?.charCodeAt(0) ?? 0] = letter?.charCodeAt(0) ?? 0
}

/**
 * Writes a text of at most `SHORT` units as it stands inside a JSON string, when every character is ASCII and stands
 * for itself. @returns where it ended, or -1 when it is not such a text
 */
export function writePlain(buffer: Uint8Array, at: number, text: string): number {
  let end = at
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 127 || ESCAPES[code] !== 0) return -1
    buffer[end++] = code
  }
  return end
}

/**
 * Writes a text of at most `PIECE` units, which splits no character, as it stands inside a JSON string in UTF-8: the
 * same as `JSON.stringify` gives, but that a lone surrogate becomes U+FFFD. Needs room for 6 bytes for each unit.
 * Four bytes at a time, as long as none of them has to be escaped. @returns where it ended
 */
export function writeEscaped(buffer: Uint8Array, view: DataView, start: number, text: string): number {
  const length = piece.utf8Write(text, 0)
  const last = length - 4
  let at = start
  let i = 0
  while (i <= last) {
    const word = pieceView.getInt32(i, true)
    // the lowest bit that is set marks a byte below 0x20, a quote or a backslash
    const marks =
      ((word - 0x20202020) | ((word ^ 0x22222222) - 0x01010101) | ((word ^ 0x5c5c5c5c) - 0x01010101)) &
      ~word &
      0x80808080
    view.setInt32(at, word, true)
    if (marks === 0) {
      at += 4
      i += 4
      continue
    }
    const before = (31 - Math.clz32(marks & -marks)) >> 3
    i += before
    at = putEscape(buffer, at + before, piece[i++] as number)
  }
  for (; i < length; i++) {
    const byte = piece[i] as number
    if (ESCAPES[byte] === 0) buffer[at++] = byte
    else at = putEscape(buffer, at, byte)
  }
  return at
}

function putEscape(buffer: Uint8Array, at: number, byte: number): number {
  const letter = ESCAPES[byte] as number
  buffer[at] = BACKSLASH
  buffer[at + 1] = letter
  if (letter !== AS_NUMBER) return at + 2
  buffer[at + 2] = 0x30
  buffer[at + 3] = 0x30
  buffer[at + 4] = 0x30 + (byte >> 4)
  buffer[at + 5] = hexDigit(byte & 15)
  return at + 6
}

const hexDigit = (value: number) => (value < 10 ? 0x30 : 0x57) + value
