/**
 * YAML below a telling name: `password:`, and in deeper lines `value: …`, `- …` or the value alone. In a string of JSON
 * the lines end with an escape.
 */

/** A line: its value, empty for a name alone, and its name; those of a list and a lone value have none. */
export interface NestedValue {
  from: number
  to: number
  name: string | null
}

/** Characters of a line that is read. */
const LONGEST = 512
/** Deepest indent of the name: characters. */
const DEEPEST = 64

const BREAK = /[ \t]*(?:\r?\n|\\{1,8}r\\{1,8}n|\\{1,8}n)/y
/** A line: its indent, and with it a list's dashes; a name; a value in quotes or one word; and nothing else but a comment. */
const LINE =
  /([ ]{1,128}(?:-[ ]{1,8}){0,2})(?:([\w.-]{1,64}):(?:[ ]{1,8}|(?=\s|\\)))?(\\{0,8}(?:"[^"\\\n]{1,300}\\{0,8}"|'[^'\\\n]{1,300}\\{0,8}')|[^\s"'\\#{}[\]&*!|>%@`-][^\s"'\\]{0,300})?(?=[ \t]*(?:#[^\n\\]{0,200})?(?:\r?\n|\\+[rn]|["']|$))/y

/** The indent of a name that begins its line, a list's dashes counted in; -1 = something else stands before it. */
export function indentOf(text: string, start: number): number {
  let at = start
  while (at > 0 && start - at <= DEEPEST && (text[at - 1] === ' ' || text[at - 1] === '-')) at--
  const before = text[at - 1]
  const begins =
    before === undefined || before === '\n' || before === '"' || (before === 'n' && text[at - 2] === '\\')
  return begins ? start - at : -1
}

/** The lines below an offset that are deeper than `indent`, `most` of them; empty = there is no YAML. */
export function nestedValues(text: string, end: number, indent: number, most: number): NestedValue[] {
  const values: NestedValue[] = []
  let at = after(BREAK, text, end)
  for (let line = 0; line < most && at !== -1; line++) {
    LINE.lastIndex = at
    const match = LINE.exec(text)
    if (match === null || (match[1] as string).length <= indent || match[0].length > LONGEST) break
    const [all, , name = null, value = ''] = match
    values.push({ from: at + all.length - value.length, to: at + all.length, name })
    // A value alone is all that there is.
    if (name === null && !(match[1] as string).includes('-')) break
    at = after(BREAK, text, skipComment(text, at + all.length))
  }
  return values
}

const COMMENT = /[ \t]*#[^\n\\]{0,200}/y
const skipComment = (text: string, at: number): number => {
  const end = after(COMMENT, text, at)
  return end === -1 ? at : end
}

function after(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from
  return pattern.test(text) ? pattern.lastIndex : -1
}
