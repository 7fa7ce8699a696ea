import { isPlaceholder, looksRandom } from './checks.ts'
import { isLoose, looseValue } from './loose-passwords.ts'
import { indentOf, nestedValues } from './nested-lines.ts'
import { isDataLine, isInCommand, mayBePassword } from './plain-words.ts'
import { closing } from './quotes.ts'
import { isReplacement, type Match } from './rule.ts'
import { isSchema, judgeKey, type KeyVerdict } from './rules/keys.ts'

/**
 * Secrets that are assigned to a telling name inside a text: JSON in strings (one level of escaping deep and
 * more), env files, YAML, headers, query strings, source code. Written by hand and not as a pattern, because it
 * shares its names with the attribute keys, and because it must be linear and leave the rest of the text as it is.
 */

const isWord = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95
const isNamePart = (code: number): boolean => isWord(code) || code === 45 || code === 46
const isBlank = (code: number): boolean => code === 32 || code === 9 || code === 10 || code === 13

/** Longest name that is looked at on each side of a keyword: characters. */
const NAME = 64

/** Finds the assigned values at one hit of a key word; adds them to `out`. Returns the offset read up to. */
export function readAssignment(
  text: string,
  from: number,
  to: number,
  out: Match[],
  own?: ReadonlyMap<string, string>,
): number {
  let start = from
  let end = to
  while (start > 0 && from - start < NAME && isNamePart(text.charCodeAt(start - 1))) start--
  // `\n` before a name is an escape, not its first letter.
  if (start < from && text[start - 1] === '\\' && 'nrt'.includes(text[start] as string)) start++
  while (end < text.length && end - to < NAME && isNamePart(text.charCodeAt(end))) end++
  const name = text.slice(start, end)
  const coloured = text[start - 1] === '[' || text[start - 1] === ';'
  // `value` alone says nothing; what is named beside it may.
  const isPair = VALUE.test(name) && own?.has('value') !== true
  const verdict = isPair
    ? namedBefore(text, start, own)
    : judgeKey(coloured ? name.replace(/^\d{1,3}m/, '') : name, own)
  if (verdict === null) return end
  const { rule, strong } = verdict
  const expected: Expected = { rule, strong, quotedName: false, wrap: '', form: 'text', isWord: () => false }
  if (OPTION.test(name) && isGap(text, end)) return readOption(text, end, expected, out)
  if (isLoose(name)) {
    const loose = looseValue(text, start, end)
    if (loose?.form === 'element') return readElement(text, loose.at, expected, out)
    if (loose?.form === 'cell') return readCell(text, loose.at, expected, out)
    if (loose?.form === 'named') {
      expected.quotedName = isQuoteOf(text, loose.at - 1) || isQuoteOf(text, end)
      expected.form = 'environment'
    } else if (loose !== null) expected.form = loose.form
    if (loose !== null) return readValue(text, loose.at, expected, out)
  }
  let at = end
  // `user[password]=…` of a form
  const member = text[end] === ']' && text[start - 1] === '['
  if (member) at++
  // The name's closing quote, however often it is escaped.
  let quoted = false
  while (!member && text[at] === '\\') at++
  if (member) expected.form = 'query'
  else if (text[at] === '"' || text[at] === "'" || text[at] === '`') {
    at++
    quoted = true
  } else if (at > end) return end
  if (quoted && text[at] === ']') at++
  const wrap = text.slice(end, at).replace(']', '')
  const bold = afterStars(text, at)
  at = bold
  const blanks = at
  while (isBlank(text.charCodeAt(at)) && at - blanks < 8) at++
  const colon = text[at] === ':'
  if (!colon && text[at] !== '=') return end
  if (!colon && text[at + 1] === '=') return end
  if (member && (colon || text[at + 1] === ' ')) return end
  const tight = !colon && at === end
  // `=>`, and `:=` of Go
  at += text[at + 1] === '>' || (colon && text[at + 1] === '=') ? 2 : 1
  if (colon) at = afterStars(text, at)
  while (isBlank(text.charCodeAt(at)) && at - blanks < 24) at++
  // An unquoted name takes its value from its own line, or from deeper ones.
  if (!quoted && (text[at] === '\\' || text.slice(blanks, at).includes('\n'))) {
    const read = colon ? readLines(text, start, blanks + 1, expected, out) : -1
    if (read !== -1) return Math.max(read, end)
    if (text[at] !== '\\') return end
  }
  at = afterMarks(text, at)
  expected.quotedName = quoted
  expected.wrap = wrap
  if (isPair) expected.form = 'environment'
  else if (tight) expected.form = formOf(text, start, name)
  const operator = colon ? ':' : '='
  if (strong && !quoted)
    expected.isWord = (from, to) =>
      isDataLine(text, { start, operator, tight: tight && from === end + 1, at: from, end: to })
  return readValue(text, at, expected, out)
}

/** Between an operator and its value: the head of a YAML block with its line's end; a terminal's colour. */
const BLOCK = /[|>][+-]?[ \t]*(?:\r?\n|\\n)[ \t]*/y
const COLOUR = /(?:\\u001[bB]|\\x1[bB])?\[[\d;]{0,12}m/y
const ESCAPE = 27

function afterMarks(text: string, at: number): number {
  // Nearly every value begins with neither, and a pattern costs more than all else here.
  const code = text.charCodeAt(at)
  if (code === ESCAPE) return after(COLOUR, text, at + 1, at)
  if (code === 92) return after(COLOUR, text, at, at)
  return code === 124 || code === 62 ? after(BLOCK, text, at, at) : at
}

function after(pattern: RegExp, text: string, from: number, otherwise: number): number {
  pattern.lastIndex = from
  return pattern.test(text) ? pattern.lastIndex : otherwise
}

/** `NAME=value` of an environment and `?name=value&…` hold values and no code; nothing is known of other texts. */
function formOf(text: string, start: number, name: string): Expected['form'] {
  if (text[start - 1] === '?' || text[start - 1] === '&') return 'query'
  return /^[A-Z][A-Z0-9_]*$/.test(name) ? 'environment' : 'text'
}

/** `**API key:** …` of Markdown */
function afterStars(text: string, at: number): number {
  let end = at
  while (text[end] === '*' && end - at < 3) end++
  return end
}

const VALUE = /^value$/i
/** `"name": "API_KEY", `, `- key: API_KEY`: what stands before its `value`. */
const NAME_BEFORE =
  /(?:name|key)\\{0,8}["'`]?\s{0,8}[:=]\s{0,8}\\{0,8}["'`]?([\w.-]{1,64})\\{0,8}["'`]?,?(?:\s|\\[nrt]){0,24}\\{0,8}["'`]?$/i
const PAIR = 128

/** What the name of `{"name": …, "value": …}` says of its value. */
function namedBefore(text: string, start: number, own?: ReadonlyMap<string, string>): KeyVerdict | null {
  if (!/[\s"'`nrt]/.test(text[start - 1] ?? ':')) return null
  const name = NAME_BEFORE.exec(text.slice(Math.max(0, start - PAIR), start))?.[1]
  return name === undefined ? null : judgeKey(name, own)
}

/** `--password`, and `-password` as Java and Go write it. */
const OPTION = /^--?[A-Za-z]/
/** What stands between two words of a command in an array. */
const NEXT_WORD = /\\{0,8}["'],\s{0,8}(?=\\{0,8}["'])/y
const OPENING = /\\{0,8}["']/y
const isGap = (text: string, end: number): boolean =>
  text[end] === ' ' || after(NEXT_WORD, text, end, -1) !== -1

/** `--password value`; what may be a word of a sentence stays. */
function readOption(text: string, end: number, expected: Expected, out: Match[]): number {
  let at = after(NEXT_WORD, text, end, end)
  while (text[at] === ' ' && at - end < 8) at++
  expected.isWord = (_, to) => isInCommand(text, to)
  return text[after(OPENING, text, at, at)] === '-' ? end : readValue(text, at, expected, out)
}

interface Expected {
  rule: string
  strong: boolean
  quotedName: boolean
  /** The quote around the name, with its escapes. */
  wrap: string
  form: 'text' | 'query' | 'environment'
  /** True when letters alone are a value there, and no word of a sentence or code. */
  isWord: (at: number, end: number) => boolean
}

function readValue(text: string, at: number, expected: Expected, out: Match[]): number {
  if (expected.quotedName && (text[at] === '{' || text[at] === '['))
    return readNested(text, at, expected, out)
  let quote = at
  while (text[quote] === '\\') quote++
  const mark = text[quote]
  if (mark === '"' || mark === "'" || mark === '`') {
    const delimiter = text.slice(at, quote + 1)
    const from = quote + 1
    const to = closing(text, from, delimiter)
    const value = text.slice(from, to)
    if (acceptQuoted(value, expected)) out.push({ from, to, rule: expected.rule })
    return to
  }
  return readBare(text, at, expected, out)
}

function acceptQuoted(value: string, expected: Expected): boolean {
  if (value === '' || isReplacement(value)) return false
  if (!expected.strong) return value.length >= 12 && looksRandom(value)
  // `"password": "…"` is data; `password = "…"` may be source code that names where it comes from.
  return (
    !isPlaceholder(value) ||
    (expected.quotedName && !/^[$<{%*]|^(?:null|string|true|false|none)$/i.test(value))
  )
}

const bareEnd = /[\s,;&"'<>(){}[\]\\|`]/
const endsBare = Uint8Array.from({ length: 128 }, (_, code) =>
  bareEnd.test(String.fromCharCode(code)) ? 1 : 0,
)
const isBareEnd = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at)
  return code < 128 ? endsBare[code] === 1 : bareEnd.test(text[at] as string)
}

/** The value of an environment's variable runs on over `,` `;` `&`. */
const endsVariable = (text: string, at: number): boolean => /[\s"'()\\`]/.test(text[at] as string)

function readBare(text: string, at: number, expected: Expected, out: Match[]): number {
  let to = at
  const header = expected.strong && (expected.rule === 'authorization' || expected.rule === 'cookie')
  if (header) {
    // A header's value runs to the end of its line, or of the string that it stands in.
    while (to < text.length && to - at < 8192 && !/[\r\n"'\\]/.test(text[to] as string)) to++
    if (
      to - at < 8 ||
      (!/\d|=/.test(text.slice(at, to)) && !/^(?:basic|bearer|token)\s/i.test(text.slice(at, to)))
    )
      return to
    const scheme = /^(?:basic|bearer|token|negotiate|digest|ssws|apikey)\s+/i.exec(text.slice(at, at + 16))
    const from = at + (scheme?.[0].length ?? 0)
    const value = text.slice(from, to)
    if (!isReplacement(value) && !isPlaceholder(value) && (scheme !== null || looksRandom(value))) {
      out.push({ from, to, rule: expected.rule })
    }
    return to
  }
  const ends = expected.form === 'environment' ? endsVariable : isBareEnd
  while (to < text.length && to - at < 8192 && !ends(text, to)) to++
  const value = text.slice(at, to)
  if (value.length === 0 || isPlaceholder(value) || isReplacement(value)) return Math.max(to, at)
  if (acceptBare(value, expected) || (expected.strong && mayBePassword(value) && expected.isWord(at, to)))
    out.push({ from: at, to, rule: expected.rule, wrap: expected.wrap })
  return to
}

function acceptBare(value: string, expected: Expected): boolean {
  if (expected.quotedName && expected.strong) return /\d/.test(value)
  if (value.length < 6) return false
  // `self.api_key`, `settings.password`, `config.get(…)`: code that refers to a secret.
  if (/^[A-Za-z_]+(?:\.[A-Za-z_]+)+$/.test(value)) return false
  if (!expected.strong)
    return value.length >= (expected.form === 'environment' ? 8 : 16) && looksRandom(value)
  if (expected.form !== 'text') return true
  const mixed =
    (/\d/.test(value) && /[A-Za-z]/.test(value)) || /[^A-Za-z0-9._:/-]/.test(value) || /^\d{6,}$/.test(value)
  return mixed && !/[.!?:]$/.test(value.slice(0, -1))
}

const isQuoteOf = (text: string, at: number): boolean => text[at] === '"' || text[at] === "'"

/** What says where a secret is kept, of Kubernetes and OpenAPI. */
const REFERENCE = /^(?:valueFrom|secretKeyRef|secretName|secretRef|existingSecret|ref)$/

/** Lines below a name that says all, and below one that may stand below another of its kind and be read again. */
const LINES = 256
const WEAK_LINES = 12

/** The values in the lines below a name. Returns the offset up to which nothing is to be read again; -1 = there are none. */
function readLines(text: string, start: number, end: number, expected: Expected, out: Match[]): number {
  const indent = indentOf(text, start)
  const lines = indent === -1 ? [] : nestedValues(text, end, indent, expected.strong ? LINES : WEAK_LINES)
  const names = lines.flatMap(({ name }) => name ?? [])
  const types = lines.flatMap(({ name, from, to }) => (name === 'type' ? [text.slice(from, to)] : []))
  if (isSchema(names, types) || names.some((name) => REFERENCE.test(name))) return lines.at(-1)?.to ?? end
  for (const { from, to } of lines) if (to > from) readValue(text, from, expected, out)
  if (lines.length === 0) return -1
  return expected.strong ? (lines.at(-1)?.to ?? end) : end
}

/** `<password>…</password>` */
function readElement(text: string, at: number, expected: Expected, out: Match[]): number {
  const to = text.indexOf('<', at)
  if (to === -1 || to - at > 1024 || !/^<\\?\//.test(text.slice(to, to + 3))) return at
  const value = text.slice(at, to)
  if (value.trim() !== '' && !isPlaceholder(value) && !isReplacement(value)) {
    out.push({ from: at, to, rule: expected.rule })
  }
  return to
}

/** What a cell says of a kind of password, and not which one it is: types, algorithms, bounds. */
const KIND =
  /^(?:\w+\(.*|(?:n?var)?char2?|utf-?8\w*|sha-?\d\w*|md5\w*|bcrypt\w*|s?crypt\w*|argon2\w*|pbkdf2\w*|base\d\d|oauth-?2\w*|u?int\d+|o?auth\d|min\w*|max\w*|[<>=≤≥~].*|\d+[-–+].*|.*[.!?:=>]|[^A-Za-z0-9]+)$/i

/** `| password | hunter22 |`: a word that is no word of a language. */
function readCell(text: string, at: number, expected: Expected, out: Match[]): number {
  let to = at
  while (to < text.length && to - at < 128 && !/[\s|`]/.test(text[to] as string)) to++
  const value = text.slice(at, to)
  const isWord = !/\d/.test(value) || !/[A-Za-z]/.test(value)
  if (isWord || KIND.test(value) || isPlaceholder(value) || isReplacement(value)) return at
  out.push({ from: at, to, rule: expected.rule })
  return to
}

/** The strings and numbers inside an object or array under a telling name; its shape stays. */
function readNested(text: string, at: number, expected: Expected, out: Match[]): number {
  const values: Match[] = []
  // An `authorisation` may be a record of business; what a `token` holds goes as a whole.
  const all = expected.strong || expected.rule === 'token'
  const names: string[] = []
  const types: string[] = []
  let depth = 0
  let i = at
  for (; i < text.length; i++) {
    const char = text[i] as string
    if (char === '{' || char === '[') depth++
    else if (char === '}' || char === ']') {
      depth--
      if (depth === 0) break
    } else if (char === '"' || char === "'") {
      let escapes = 0
      while (text[i - escapes - 1] === '\\') escapes++
      const from = i + 1
      const to = closing(text, from, '\\'.repeat(escapes) + char)
      i = to + escapes
      const after = text.slice(i + 1, i + 9).trimStart()
      if (after.startsWith(':')) names.push(text.slice(from, to))
      else if (names.at(-1) === 'type') types.push(text.slice(from, to))
      if (!after.startsWith(':') && acceptQuoted(text.slice(from, to), { ...expected, strong: all }))
        values.push({ from, to, rule: expected.rule })
    } else if (all && char >= '0' && char <= '9') {
      const from = i
      while (i + 1 < text.length && /[\d.eE+-]/.test(text[i + 1] as string)) i++
      values.push({ from, to: i + 1, rule: expected.rule, wrap: expected.wrap })
    }
  }
  const schema = isSchema(names, types)
  if (!schema) out.push(...values)
  return schema ? at : i
}
