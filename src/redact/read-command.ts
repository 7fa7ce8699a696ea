import { isPlaceholder } from './checks.ts'
import { closing } from './quotes.ts'
import type { Reading } from './rule.ts'

/**
 * Passwords on a command line: `curl -u user:password`, `sshpass -p password`, `mysql -ppassword`. What an option means is
 * its command's matter (`cp -p`, `ps -p 1234`), so that each option is read together with the command before it.
 */
interface Option {
  /** How the command's name begins, and what its name may go on with. */
  commands: readonly string[]
  rest?: RegExp
  /**
   * Where the value stands: `pair` = behind the user and a colon (`%` for Samba), in the option or the next word; `attached` = in
   * the option alone, because the next word is something else; `word` = in either.
   */
  value: 'pair' | 'attached' | 'word'
  /** What has to follow the command's name, where it takes the option in one of its sub-commands only. */
  after?: RegExp
}

const LOGIN = /^[^\n]{0,40}\blogin\b/
const FAMILY = /[\w-]*/y

/** By the letter or name of the option. */
const options: Record<string, readonly Option[]> = {
  u: [{ commands: ['curl'], value: 'pair' }],
  user: [{ commands: ['curl'], value: 'pair' }],
  U: [{ commands: ['curl', 'smbclient', 'rpcclient'], value: 'pair' }],
  'proxy-user': [{ commands: ['curl'], value: 'pair' }],
  a: [
    { commands: ['http', 'https', 'xh'], value: 'pair' },
    { commands: ['redis-cli'], value: 'word' },
  ],
  p: [
    { commands: ['mysql', 'mariadb', '7z'], rest: FAMILY, value: 'attached' },
    { commands: ['sshpass', 'mongo', 'cqlsh'], rest: FAMILY, value: 'word' },
    {
      commands: ['docker', 'podman', 'buildah', 'skopeo', 'nerdctl', 'helm', 'oras', 'crane', 'az', 'oc'],
      value: 'word',
      after: LOGIN,
    },
  ],
  P: [{ commands: ['sqlcmd', 'bcp', 'zip', 'unzip', 'mosquitto_'], rest: FAMILY, value: 'word' }],
  w: [{ commands: ['ldap'], rest: FAMILY, value: 'word' }],
}

/** A word that an option has before it: what nearly all lines with a dash do not have. */
const words = new Map(
  Object.entries(options).map(([name, list]) => [
    name,
    new RegExp(list.flatMap(({ commands, after }) => (after === undefined ? commands : 'login')).join('|')),
  ]),
)

/** Characters before an option in which its command is looked for, and times that its name is. */
const BEFORE = 256
const TRIES = 3
/** Longest value, and shortest without its user: characters. */
const MOST = 256
const LEAST = 3

/** One option, or several in one: `-u`, `-sSu`, `--proxy-user`. */
const OPTION = /-(?:-(user|proxy-user)\b|[A-Za-z]{0,5}?([uUapPw]))/y
/** A blank, `=`, or what stands between two words in an array. */
const GAP = /=|[ \t]{1,8}|\\{0,8}["'],[ \t]{0,8}(?=\\{0,8}["'])/y
const QUOTE = /\\{0,8}["']/y
const BARE = /[^\s"'`;|&()<>\\]{1,256}/y
/** The user before a pair's colon; expansions of the shell have colons of their own. */
const USER = /^(?:\$\{[^}]*\}|\$\([^)]*\)|[^:%$\s]|\$(?![{(]))*[:%]/
/** Where one command ends and the next one begins: `\n` that is not continued, as it is or escaped. */
const SEPARATOR = /&&|\|\||[ \t][|&][ \t]|;[ \t]|(?<!\\)\r?\n|(?<!\\)\\n/

const nothing = (done: number): Reading => ({ from: done, to: done, done })

/** Reads at a blank or quote and the dash of an option. */
export function readCommand(text: string, keyword: number): Reading {
  const none = nothing(keyword + 1)
  const option = at(OPTION, text, keyword + 1)
  if (option === null) return none
  const name = option[1] ?? (option[2] as string)
  const line = text.slice(Math.max(0, keyword - BEFORE), keyword + 1)
  if (!words.get(name)?.test(line)) return none
  const end = keyword + 1 + option[0].length
  const gap = at(GAP, text, end)?.[0] ?? ''
  // A long option's value never sticks to it.
  if (option[1] !== undefined && gap === '') return none
  const found = readValue(text, end + gap.length)
  if (found === null) return none
  for (const one of options[name] as readonly Option[]) {
    const secret = secretOf(text, found, one, gap)
    if (secret !== null && hasCommand(line, one)) return secret
  }
  return none
}

interface Value {
  from: number
  to: number
  quote: string
}

function readValue(text: string, start: number): Value | null {
  const quote = at(QUOTE, text, start)?.[0] ?? ''
  if (quote === '') {
    const bare = at(BARE, text, start)?.[0] ?? ''
    return bare === '' || bare.startsWith('-') ? null : { from: start, to: start + bare.length, quote }
  }
  const from = start + quote.length
  const to = from + closing(text.slice(from, from + MOST), 0, quote)
  return to === from ? null : { from, to, quote }
}

/** The secret in an option's value; null = there is none. */
function secretOf(text: string, { from, to, quote }: Value, option: Option, gap: string): Reading | null {
  const value = text.slice(from, to)
  const isPair = option.value === 'pair'
  if (option.value === 'attached' && gap !== '') return null
  const user = isPair ? USER.exec(value)?.[0].length : 0
  if (user === undefined) return null
  const secret = value.slice(user)
  if (secret.length < (isPair ? 1 : LEAST) || isPlaceholder(secret)) return null
  // The shell puts something there, unless in single quotes.
  if (/^[$`]/.test(secret) && !quote.endsWith("'")) return null
  if (option.value === 'word' && gap !== '' && quote === '' && !isPassword(secret, text, to)) return null
  return { from: from + user, to, done: to }
}

/** A bare word behind a blank may be one of a sentence, unless a command follows it. */
const isPassword = (word: string, text: string, end: number): boolean =>
  /[^A-Za-z.,:!?-]/.test(word) || at(NEXT, text, end) !== null
const NEXT = /[ \t]{1,8}(?:ssh|scp|sftp|rsync|git|ansible|su)\b/y

/** True when the option's command stands in what is before it, and no other command after it. */
function hasCommand(line: string, { commands, rest, after }: Option): boolean {
  return commands.some((command) => {
    let start = line.lastIndexOf(command)
    for (let tries = 0; tries < TRIES && start !== -1; tries++) {
      let end = start + command.length
      if (rest !== undefined) end += at(rest, line, end)?.[0].length ?? 0
      const tail = line.slice(end)
      const isWord = !/[\w.-]/.test(line[start - 1] ?? ' ') || line[start - 2] === '\\'
      if (isWord && /^(?:\.exe)?[\s"'\\]/.test(tail) && !SEPARATOR.test(tail) && (after?.test(tail) ?? true))
        return true
      start = start === 0 ? -1 : line.lastIndexOf(command, start - 1)
    }
    return false
  })
}

function at(pattern: RegExp, text: string, from: number): RegExpExecArray | null {
  pattern.lastIndex = from
  return pattern.exec(text)
}
