import { typedValue } from './typed-passwords.ts'

/**
 * Passwords that no `:` or `=` assigns: netrc lines, XML elements, rows of Markdown tables, statements of SQL, `ENV` of a Dockerfile, and pairs of
 * a name and a value. Only after the words that the first look knows (look.ts): `password` and `passwd`.
 */

/** Characters before a name and between a name and its value that are looked at. */
const BEFORE = 300
const GAP = 256

/** A netrc line up to its password: of a machine, with what else it says. */
const NETRC =
  /(?:^|\s|\\n|["'])(?:machine\s{1,8}\S{1,100}|default)(?:(?:\s|\\n){1,8}(?:login|account)\s{1,8}\S{1,100}){1,2}(?:\s|\\n){1,8}$/
/** `ALTER ROLE joe WITH PASSWORD '…'` */
const SQL = /\b(?:with|encrypted|set|default)$/i
const STRING = /[ \t]{1,8}(?=\\*['"])/y
/** `CREATE ROLE joe LOGIN PASSWORD '…'`, `SET PASSWORD FOR joe = '…'` */
const ROLE = /\b(?:create|alter)\s+(?:role|user)\s/i
const FOR = /[ \t]{1,8}for[ \t]{1,8}[^\s=]{1,128}[ \t]{0,8}=[ \t]{0,8}(?:password\([ \t]{0,8})?(?=\\*['"])/iy
/** `ENV DB_PASSWORD value`, `setx DB_PASSWORD value` */
const ENVIRONMENT = /(?:^|[\s"'`]|\\n)(?:ENV|ARG|setx)$/
/** The longest of these words, and what has to stand before it: characters. */
const WORD = 11
const BLANKS = /(?:\s|\\[nrt]){1,16}/y
/** `name: DB_PASSWORD`, `"key": "password"`, and what stands between that name and its value. */
const NAMED = /(?:name|key)\\*["'`]?\s{0,8}[:=]\s{0,8}\\*["'`]?$/i
const ITS_VALUE = /\\*["'`]?,?(?:\s|\\[nrt]){0,24}\\*["'`]?value\\*["'`]?\s{0,8}[:=]\s{0,8}/iy
/** `| DB password | value |`: what stands before the name in its cell, and between it and a cell of one word. */
const CELL = /\|[^|\n]{0,24}$/
const NEXT_CELL = /`?[ \t]{1,64}\|[ \t]{0,8}`?(?=[^\s|`]{6,128}`?[ \t]{1,64}\|)/y
const ELEMENT = /<(?:\w{1,32}:)?$/
const TAG_END = new RegExp(`(?:\\s[^<>]{0,${GAP}})?>`, 'y')

/** True for names that the first look sees without an operator. */
export const isLoose = (name: string): boolean => /pass(?:word|wd)$/i.test(name)

/** Where a value stands, and how: `element` runs up to the next tag, `cell` up to a blank, the others are read as assigned values are. */
export interface LooseValue {
  at: number
  form: 'element' | 'cell' | 'named' | 'text' | 'environment'
}

/** The value after a loose name; null = there is none. */
export function looseValue(text: string, start: number, end: number): LooseValue | null {
  const code = text.charCodeAt(end)
  const blank = isBlank(code)
  // `>`, `]`, a quote or its escape, or a blank
  if (!blank && code !== 62 && code !== 34 && code !== 39 && code !== 92 && code !== 93 && code !== 96)
    return null
  if ((blank || code === 62) && ELEMENT.test(before(text, start, 40)))
    return found('element', after(TAG_END, text, end))
  if (code === 62) return null
  const typed = typedValue(text, start, end)
  if (typed !== -1) return found('text', typed)
  if (code === 93) return null
  if (NAMED.test(before(text, start, 48))) return found('named', after(ITS_VALUE, text, end))
  if ((blank || code === 96) && CELL.test(before(text, start, 32))) {
    const cell = after(NEXT_CELL, text, end)
    if (cell !== -1) return found('cell', cell)
  }
  if (code === 34 || code === 39 || code === 96) return null
  if (isNetrc(before(text, start, BEFORE))) return found('environment', after(BLANKS, text, end))
  if (ENVIRONMENT.test(wordBefore(text, start, isSpace)) && !/[a-z]/.test(text.slice(start, end)))
    return found('environment', after(BLANKS, text, end))
  const string = after(STRING, text, end)
  if (string === -1) return found('text', after(FOR, text, end))
  return SQL.test(wordBefore(text, start, isBlank)) || ROLE.test(before(text, start, BEFORE))
    ? found('text', string)
    : null
}

const before = (text: string, at: number, most: number): string => text.slice(Math.max(0, at - most), at)

/** A search of the whole line at each `password` of prose would cost more than all other rules there. */
const isNetrc = (line: string): boolean =>
  (line.includes('login') || line.includes('account')) && NETRC.test(line)

/** The word before a name and its blanks, with what stands before it; empty = there are no blanks. */
function wordBefore(text: string, start: number, isGap: (code: number) => boolean): string {
  let end = start
  while (end > 0 && start - end < BEFORE && isGap(text.charCodeAt(end - 1))) end--
  return end === start ? '' : before(text, end, WORD)
}

const isSpace = (code: number): boolean => code === 32 || code === 9
const isBlank = (code: number): boolean => code === 32 || (code >= 9 && code <= 13)

const found = (form: LooseValue['form'], at: number): LooseValue | null => (at === -1 ? null : { form, at })

function after(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from
  return pattern.test(text) ? pattern.lastIndex : -1
}
