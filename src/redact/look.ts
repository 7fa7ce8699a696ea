import { type Bytes, pairTable } from './bytes.ts'
import { cutEnd } from './cut.ts'
import { mayTell, type NameEnds } from './name-ends.ts'

/**
 * The first look at a text: where a keyword may stand that leads to anything. One pass over its bytes, four at a time, for the
 * few characters that assignments, URLs and encoded forms cannot do without, and for runs of characters as long as
 * tokens are. Words of prose are neither, so that nearly all of a text is never compared with a keyword.
 *
 * What it leaves out must not be able to match: a rule whose keywords can stand elsewhere is `anywhere` (rule.ts).
 */
export interface Sight {
  names: NameEnds
  /** Longest name that is searched for: characters. */
  longest: number
}

/** Shortest token that a rule with `min` finds, and shortest base64 that is decoded: characters. */
const RUN = 16
/** Shortest run inside a token that comes some way behind its keyword (`gap`, key ids, UUIDs): characters. */
const FAR_RUN = 27
/** The most that such a token comes behind the start of its keyword: characters. */
const FAR = 176
/** What is read around a name, as assignments.ts does: characters. */
const NAME = 64
const BLANKS = 8
/** Longest part of a URL before its @: characters. */
const CREDENTIALS = 420
/** Longest start of `PRIVATE KEY BLOCK-----` before its dashes: characters. */
const PRIVATE_KEY = 17

const classOf = (pattern: RegExp): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, code) =>
    code < 128 && pattern.test(String.fromCharCode(code)) ? 1 : 0,
  )
const inToken = classOf(/[\w+/=~.%:@-]/)
const inFarToken = classOf(/[\w+/-]/)
const inName = classOf(/[\w.-]/)
const isLetter = classOf(/[A-Za-z0-9]/)
const isOperator = classOf(/[:=]/)

/** What marks begin with, or have in their middle. A text shorter than a run has none with the last two. */
const mayMark = classOf(/[:=%\\b\-uw]/i)
const mayMarkShort = classOf(/[:=%\\b]/i)

const endsLoosely = classOf(/[\s"'`\\>\]]/)

/** Letters of options, and those of them in which a command has its password (read-command.ts). */
const inOptions = classOf(/[A-Za-z]/)
const takesPassword = classOf(/[uUapPwbAXS]/)
/** Letters of options that are written as one: `-sSu`. */
const OPTIONS = 6

/** After the name of an option: a blank, or the end of a word of an array. */
const endsOption = classOf(/[ "'\\]/)

const W = 119
const Y = 121
const PASS = [112, 97, 115, 115]
const FIED = [102, 105, 101, 100]
const WORD = [119, 111, 114, 100]
const USER = [117, 115, 101, 114]
/** Characters of `identified `. */
const IDENTIFIED = 11
const DASH = 45
const PERCENT = 37
const BACKSLASH = 92
const SLASH = 47
const COLON = 58
const ASTERISK = 42
const isDigit = (code: number): boolean => code >= 48 && code <= 57
/** Before an option of a command: a blank, a quote, a bracket. */
const isBefore = (code: number): boolean => code <= 32 || code === 34 || code === 39 || code === 96
/** The letter of `\n`, `\t`. */
const isBreak = (code: number): boolean => code === 110 || code === 116
/** The `w` of `password` and `passwd`, with a letter beside it. */
const isPasswordPair = (first: number, second: number): boolean =>
  ((first | 32) === 115 && (second | 32) === 119) ||
  ((first | 32) === 119 && ((second | 32) === 111 || (second | 32) === 100))
const isB = (code: number): boolean => code === 66 || code === 98

/** Of a pair: a mark of something is or may begin in it. */
const MARK = 128
/** Of a pair: both are in tokens. All bits, to count such pairs without a branch. */
const TOKEN = 127
/** Fours of token characters in the shortest run, wherever it begins. */
const FOURS = (RUN - 4) / 4

const kinds = pairTable((first, second) => {
  const marked =
    isOperator[first] === 1 ||
    isOperator[second] === 1 ||
    (first === DASH && second === DASH) ||
    // An option's first dash, where the other is in the next pair; behind an escaped line break, too.
    ((isBefore(first) || isBreak(first)) && second === DASH) ||
    // `\u00` begins with the one, or has the other in it.
    (first === BACKSLASH && second === 117) ||
    (first === 117 && second === 48) ||
    (first === PERCENT && second >= 50 && second <= 55) ||
    second === PERCENT ||
    isPasswordPair(first, second) ||
    (first === DASH && inOptions[second] === 1) ||
    (isB(first) && /[aey]/i.test(String.fromCharCode(second))) ||
    isB(second)
  return (marked ? MARK : 0) | (inToken[first] === 1 && inToken[second] === 1 ? TOKEN : 0)
})

/** Most texts need no list. */
let unused: number[] = []

/** False when a short text holds nothing to look at: cheaper than to look. */
export function isWorthALook(text: string): boolean {
  const { length } = text
  if (length >= RUN) return true
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code === DASH) {
      const before = text.charCodeAt(i - 1)
      if (text.charCodeAt(i + 1) === DASH || isBefore(before) || isBreak(before)) return true
    }
    if (mayMarkShort[code & 255] === 1 && (!isB(code) || /a/i.test(text[i + 1] ?? ''))) return true
  }
  return cutEnd(text) !== -1
}

/** Pairs of from, to, in order and apart from each other: keywords may begin there. Null = nowhere. */
export function look(text: string, { bytes, fours }: Bytes, sight: Sight): number[] | null {
  const { length } = text
  const marks = unused
  let runs: number[] | null = null
  const table = kinds
  let tokens = 0
  let done = 0
  for (let i = 0, at = 0; i < length; i += 4, at++) {
    const four = fours[at] as number
    const one = table[four & 0xffff] as number
    const other = table[four >>> 16] as number
    tokens = (tokens + 1) & one & other & TOKEN
    if ((one | other) >= MARK) {
      for (let k = i; k < i + 4; k++) {
        if (mayMark[bytes[k] as number] === 1) lookAtMark(text, bytes, k, sight, marks)
      }
    }
    if (tokens === FOURS && i >= done) {
      runs ??= []
      done = lookAtRun(bytes, length, i, runs)
    }
  }
  const cut = lookAtCut(text)
  if (cut !== -1) (runs ??= []).push(cut, length)
  if (runs === null && marks.length === 0) return null
  unused = []
  if (runs === null && marks.length === 2) return marks
  return unite(inOrder(runs ?? []), inOrder(marks))
}

/** What begins with one character, or has its middle there. */
function lookAtMark(text: string, bytes: Uint8Array, at: number, sight: Sight, areas: number[]): void {
  const code = bytes[at] as number
  const next = bytes[at + 1] as number
  if (isOperator[code] === 1) {
    lookAtName(bytes, at, sight, areas)
    if (code === 61) return
    if (isPort(bytes, at)) areas.push(at, at + 1)
    if (next === SLASH && bytes[at + 2] === SLASH) lookAtUrl(text, at, areas)
    else if (next === BACKSLASH && bytes[at + 2] === SLASH) areas.push(at, at + 1)
  } else if (code === BACKSLASH) {
    if (next === 117 && bytes[at + 2] === 48 && bytes[at + 3] === 48) areas.push(at, at + 1)
  } else if (code === 117) {
    if (at > 0 && bytes[at - 1] === BACKSLASH && next === 48 && bytes[at + 2] === 48) areas.push(at - 1, at)
  } else if (code === PERCENT) {
    if (next >= 50 && next <= 55) areas.push(at, at + 1)
  } else if (code === DASH) {
    if (next !== DASH) {
      if (at === 0 || !mayTakePassword(bytes, at)) return
      const before = bytes[at - 1] as number
      if (isBefore(before)) areas.push(at - 1, at)
      else if (isBreak(before) && bytes[at - 2] === BACKSLASH) areas.push(at - 2, at)
      return
    }
    if (isLetter[bytes[at + 2] as number] === 1) lookAtOption(bytes, at, sight, areas)
    if (at < 2) return
    // The first of the dashes: this one or, where they begin in the pair before, that one.
    const first = bytes[at - 1] === DASH ? at - 1 : at
    const before = (bytes[first - 1] as number) | 32
    if (before === 121 || before === 107) areas.push(Math.max(0, first - PRIVATE_KEY), first)
  } else if ((code | 32) === W) lookAtPassword(bytes, at, areas)
  else if (isB(code)) {
    if (isScheme(bytes, at)) areas.push(at, at + 1)
    else if ((next | 32) === Y && isStatement(bytes, at)) areas.push(at - IDENTIFIED, at)
  }
}

/** `:5432:`, `:15432:`, `:*:` */
const isPort = (bytes: Uint8Array, at: number): boolean =>
  bytes[at + 1] === ASTERISK
    ? bytes[at + 2] === COLON
    : isDigit(bytes[at + 1] as number) &&
      isDigit(bytes[at + 4] as number) &&
      (bytes[at + 5] === COLON || bytes[at + 6] === COLON)

/** A short option with one of the letters. */
function mayTakePassword(bytes: Uint8Array, dash: number): boolean {
  for (let i = dash + 1; i <= dash + OPTIONS; i++) {
    const code = bytes[i] as number
    if (takesPassword[code] === 1) return true
    if (inOptions[code] === 0) return false
  }
  return false
}

/** `identified by`, `…_password by` of SQL: by the four letters before the blank. */
function isStatement(bytes: Uint8Array, at: number): boolean {
  return at >= IDENTIFIED && (endsWith(bytes, at - 1, FIED) || endsWith(bytes, at - 1, WORD))
}

function endsWith(bytes: Uint8Array, end: number, letters: readonly number[]): boolean {
  for (let i = 0; i < 4; i++) if (((bytes[end - 4 + i] as number) | 32) !== letters[i]) return false
  return true
}

/** `pass`, and after it what ends a name that nothing assigns to (loose-passwords.ts). */
function lookAtPassword(bytes: Uint8Array, at: number, areas: number[]): void {
  if (at < 4 || !endsWith(bytes, at, PASS)) return
  const isLong = ((bytes[at + 1] as number) | 32) === 111
  const end = isLong ? at + 4 : at + 2
  const isWhole = isLong
    ? ((bytes[at + 2] as number) | 32) === 114 && ((bytes[at + 3] as number) | 32) === 100
    : ((bytes[at + 1] as number) | 32) === 100
  if (isWhole && endsLoosely[bytes[end] as number] === 1) areas.push(at - 4, end)
}

/** The name of an option that has its value behind a blank: `--password value`; or a user and a password: `--user a:b`. */
function lookAtOption(bytes: Uint8Array, at: number, sight: Sight, areas: number[]): void {
  let end = at + 2
  while (end - at < NAME && inName[bytes[end] as number] === 1) end++
  if (endsOption[bytes[end] as number] === 1 && mayTell(bytes, end, sight.names)) areas.push(at, end)
  else if (at > 0 && endsWith(bytes, end, USER)) areas.push(at - 1, at)
}

/** `basic`, `bearer` */
function isScheme(bytes: Uint8Array, at: number): boolean {
  const second = (bytes[at + 1] as number) | 32
  const third = (bytes[at + 2] as number) | 32
  return (second === 97 && third === 115) || (second === 101 && third === 97)
}

/** The name before `:` or `=`: blanks, a bracket, a quote with its escapes, then the name itself. */
function lookAtName(bytes: Uint8Array, operator: number, sight: Sight, areas: number[]): void {
  let end = operator
  while (end > 0 && operator - end < BLANKS && isBlank(bytes[end - 1] as number)) end--
  if (end > 0 && bytes[end - 1] === 93) end--
  while (end > 0 && operator - end < BLANKS && bytes[end - 1] === ASTERISK) end--
  const quote = end > 0 ? bytes[end - 1] : 0
  if (quote === 34 || quote === 39 || quote === 96) {
    end--
    while (end > 0 && bytes[end - 1] === 92) end--
  }
  const nameEnd = end
  while (end > 0 && isLetter[bytes[end - 1] as number] === 0 && inName[bytes[end - 1] as number] === 1) end--
  if (end === 0 || isLetter[bytes[end - 1] as number] === 0 || !mayTell(bytes, end, sight.names)) return
  const least = Math.max(0, nameEnd - NAME - sight.longest)
  let from = end
  while (from > least && inName[bytes[from - 1] as number] === 1) from--
  // `api key`
  if (from > 0 && bytes[from - 1] === 32) from = Math.max(0, from - BLANKS)
  areas.push(from, operator)
}

const isBlank = (code: number): boolean => code === 32 || code === 9 || code === 10 || code === 13

/** A URL with something before an @ and before its path. */
function lookAtUrl(text: string, colon: number, areas: number[]): void {
  const last = Math.min(text.length, colon + CREDENTIALS)
  for (let i = colon + 3; i < last; i++) {
    const code = text.charCodeAt(i)
    if (code === 64) areas.push(colon, colon + 1)
    if (code === 64 || code === 47 || code === 34 || code === 39 || code === 60 || code === 62) return
    if (code === 92 || code === 91 || code === 32 || (code >= 9 && code <= 13 && code !== 11)) return
  }
}

/** The run of token characters around an offset. Returns its end. */
function lookAtRun(bytes: Uint8Array, length: number, at: number, areas: number[]): number {
  let from = at
  while (from > 0 && inToken[bytes[from - 1] as number] === 1) from--
  let to = at
  while (to < length && inToken[bytes[to] as number] === 1) to++
  if (to - from >= RUN) areas.push(isFar(bytes, from, to) ? Math.max(0, from - FAR) : from, to)
  return to
}

function isFar(bytes: Uint8Array, from: number, to: number): boolean {
  let run = 0
  for (let i = from; i < to; i++) {
    run = inFarToken[bytes[i] as number] === 1 ? run + 1 : 0
    if (run >= FAR_RUN) return true
  }
  return false
}

/** Where the token begins that a text was cut in; -1 = in none. */
function lookAtCut(text: string): number {
  const end = cutEnd(text)
  let from = end
  while (from > 0 && end - from < 512 && inToken[text.charCodeAt(from - 1)] === 1) from--
  return end - from >= 8 ? from : -1
}

/** Sorted by where they begin. They come almost in order: only a look back can stand before what was seen last. */
function inOrder(areas: number[]): number[] {
  for (let i = 2; i < areas.length; i += 2) {
    const from = areas[i] as number
    const to = areas[i + 1] as number
    let at = i
    for (; at > 0 && (areas[at - 2] as number) > from; at -= 2) {
      areas[at] = areas[at - 2] as number
      areas[at + 1] = areas[at - 1] as number
    }
    areas[at] = from
    areas[at + 1] = to
  }
  return areas
}

/** Two sorted lists as one, without what they have twice. */
function unite(one: number[], other: number[]): number[] {
  const united: number[] = []
  let to = -1
  for (let i = 0, j = 0; i < one.length || j < other.length; ) {
    const first = j >= other.length || (i < one.length && (one[i] as number) <= (other[j] as number))
    const list = first ? one : other
    const at = first ? i : j
    const from = Math.max(list[at] as number, to)
    const end = list[at + 1] as number
    if (first) i += 2
    else j += 2
    if (end <= from) continue
    if (from === to) united[united.length - 1] = end
    else united.push(from, end)
    to = end
  }
  return united
}
