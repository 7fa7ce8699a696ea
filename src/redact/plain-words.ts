import { indentOf } from './nested-lines.ts'

/**
 * A bare word of letters behind a telling name may be a password or a word of a sentence or of code: `--password swordfish`,
 * `--password flag`. Only what stands around it tells them apart.
 */

/** Words that stand there in sentences, messages, usage texts, types and schemas. */
const OTHERS = new Set(
  [
    'to and or for is are was were the a an it its if in on of with from by as at be been that this when then than not but',
    'no yes off only must should can cannot will would may has have had do does did so too also instead again here there',
    'flag flags option options argument arguments param parameter value values field fields input output prompt file files',
    'path stdin variable name names user users username email required optional needed given missing invalid incorrect wrong',
    'mismatch hidden masked redacted omitted removed filtered unavailable none null undefined empty blank default string text',
    'bytes buffer number boolean integer object array unknown never varchar binary hash hashed plain plaintext encrypted',
    'protected reset changed change updated expired unset disabled enabled example generate generated random auto automatic',
    'interactive authentication policy rotation manager verified accepted rejected denied failed success successful correct',
    'provided supplied entered stored saved visible changeit accept accepts expects needs allows minimum maximum length',
  ].flatMap((line) => line.split(' ')),
)

const LETTERS = /^[A-Za-z]+(?:-[A-Za-z]+)*$/
/** Names of what holds one: `password = userPassword`. */
const HOLDER = /pass|secret|token|pwd|key|credential/i
/** Shortest word that is taken for a password: letters. */
const LEAST = 6

/** True for letters alone that can be a password. */
export const mayBePassword = (word: string): boolean =>
  word.length >= LEAST && LETTERS.test(word) && !HOLDER.test(word) && !OTHERS.has(word.toLowerCase())

/** What ends a command or its line, another option, or a word that is of no sentence: a host, a path, an image. */
const COMMAND_GOES_ON =
  /[ \t]{0,8}(?:$|[\r\n"'`|&;<>#]|\\[rn\\"'\n\r])|[ \t]{1,8}(?:\\|-[A-Za-z-]|[\w.-]{0,64}(?:[/@=:]|\.[A-Za-z\d])[^\s]|\d)/y

/** True when a command goes on behind a word of it, or ends. */
export const isInCommand = (text: string, end: number): boolean => matches(COMMAND_GOES_ON, text, end)

/** Characters of a line that are read back. */
const BEFORE = 160
const LINE_END =
  /[ \t]{0,8}(?:#[^\n\\]{0,200})?(?:\r?\n|\\{1,8}r?\\{0,8}[rn](?![a-z])|\\{0,8}["']|$|\\{1,8}n)/y
const NAME_LINE = /(?:[ ]{0,64}(?:- )?)[\w.-]{1,64}:(?=[ \r\n\\"']|$)/y
/** A line of YAML: a name, and a value that does not end as code does. */
const YAML_LINE = /^[ ]{0,64}(?:- )?[\w.-]{1,64}:(?: [^{}();]*)?$/
const SECTION = /(?:^|\n|\\n|["'])\[[\w .:@/-]{1,64}\][ \t]{0,8}(?:\r?\n|\\r|\\n)/
/** Of an INI file: characters up to its section's name. */
const SECTION_BEFORE = 1024
const TIGHT_END = /$|[\s;"'`\\]|,(?=[^\s"'\\])/y
const CLOSES = /\s{0,64}[)\]}]/y

/** An assignment: where its name begins, what is between name and value, and where its value, a word of letters, stands. */
export interface AssignedWord {
  start: number
  operator: ':' | '='
  /** True when nothing stands between the name and its operator, and between that and the value. */
  tight: boolean
  at: number
  end: number
}

/** True when the word is the value of a line of data (YAML, INI, an environment, a command), and not code's or a sentence's. */
export function isDataLine(text: string, word: AssignedWord): boolean {
  const { start, operator, tight, end } = word
  if (operator === '=' && tight) {
    if (!matches(TIGHT_END, text, end) || matches(CLOSES, text, end)) return false
    const line = lineBefore(text, start)
    return !line.includes('(') && /(?:^|[\s;,:"'`])$/.test(line)
  }
  const indent = indentOf(text, start)
  LINE_END.lastIndex = end
  if (indent === -1 || !LINE_END.test(text)) return false
  if (operator === ':') return isYaml(text, word, indent, LINE_END.lastIndex)
  return SECTION.test(text.slice(Math.max(0, start - SECTION_BEFORE), start))
}

function isYaml(text: string, { start, at }: AssignedWord, indent: number, next: number): boolean {
  // `POSTGRES_PASSWORD: …`: of no sentence and no code.
  if (/^[A-Z][A-Z0-9_]*:/.test(text.slice(start, at))) return true
  const begin = start - indent
  if (begin <= 1 && next >= text.length - 1) return true
  return matches(NAME_LINE, text, next) || YAML_LINE.test(lineBefore(text, begin - lineBreak(text, begin)))
}

/** Length of the line break before an offset, escaped or not. */
const lineBreak = (text: string, at: number): number =>
  /(?:\r?\n|\\{0,8}\\r\\{1,8}n|\\{1,8}n)?$/.exec(text.slice(Math.max(0, at - 24), at))?.[0].length ?? 0

/** What of its line stands before an offset. */
function lineBefore(text: string, at: number): string {
  const before = text.slice(Math.max(0, at - BEFORE), Math.max(0, at))
  const from = Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\\n') + 1, before.lastIndexOf('"'))
  return before.slice(from + 1)
}

function matches(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at
  return pattern.test(text)
}
