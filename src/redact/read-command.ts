import { isPlaceholder } from './checks.ts'
import { CommandsOf, type Named } from './commands-of.ts'
import { isInCommand, mayBePassword } from './plain-words.ts'
import { closing } from './quotes.ts'
import type { Reading } from './rule.ts'

/**
 * Passwords on a command line: `curl -u user:password`, `sshpass -p password`, `mysql -ppassword`. What an option means is
 * its command's matter (`cp -p`, `ps -p 1234`), so that each option is read together with the command before it.
 */
interface Option {
  /** How the command's name begins, and whether its name may go on. */
  commands: readonly string[]
  family?: true
  /**
   * Where the value stands: `pair` = behind the user and a colon (`%` for Samba), in the option or the next word; `attached` = in
   * the option alone, because the next word is something else; `word` = in either; `cookies` = all of it, unless it names a file;
   * `piped` = in what `echo` writes into the command.
   */
  value: 'pair' | 'attached' | 'word' | 'cookies' | 'piped'
  /** What has to follow the command's name, where it takes the option in one of its sub-commands only. */
  after?: RegExp
}

const LOGIN = /^[^\n]{0,40}\blogin\b/
const CLIENTS = ['docker', 'podman', 'buildah', 'skopeo', 'nerdctl', 'helm', 'oras', 'crane', 'az', 'oc']

/** By the letter or name of the option. */
const byName: Record<string, readonly Option[]> = {
  u: [{ commands: ['curl'], value: 'pair' }],
  user: [{ commands: ['curl'], value: 'pair' }],
  U: [{ commands: ['curl', 'smbclient', 'rpcclient'], value: 'pair' }],
  'proxy-user': [{ commands: ['curl'], value: 'pair' }],
  a: [
    { commands: ['http', 'https', 'xh'], value: 'pair' },
    { commands: ['redis-cli'], value: 'word' },
  ],
  p: [
    { commands: ['mysql', 'mariadb', '7z'], family: true, value: 'attached' },
    { commands: ['sshpass', 'mongo', 'cqlsh'], family: true, value: 'word' },
    { commands: ['psexec', 'PsExec', 'psexec64', 'PsExec64'], value: 'word' },
    { commands: CLIENTS, value: 'word', after: LOGIN },
  ],
  b: [{ commands: ['curl'], value: 'cookies' }],
  A: [{ commands: ['snmp'], family: true, value: 'word' }],
  X: [{ commands: ['snmp'], family: true, value: 'word' }],
  S: [{ commands: ['sudo'], value: 'piped' }],
  'password-stdin': [{ commands: [...CLIENTS, 'crictl', 'regctl'], value: 'piped' }],
  P: [{ commands: ['sqlcmd', 'bcp', 'zip', 'unzip', 'mosquitto_'], family: true, value: 'word' }],
  w: [{ commands: ['ldap'], family: true, value: 'word' }],
}

const options = new Map(Object.entries(byName))

/** All commands' names, the longest first: `mongosh` is one of `mongo`'s family. */
const names = Object.values(byName)
  .flat()
  .flatMap(({ commands, family }) =>
    commands.map((name) => (family === undefined ? name : `${name}[\\w-]{0,32}`)),
  )
const NAMES = [...new Set(names)].sort((a, b) => b.length - a.length).join('|')

/** Longest value, and shortest without its user: characters. */
const MOST = 256
const LEAST = 3

/** One option, or several in one: `-u`, `-sSu`, `--proxy-user`. */
const OPTION = /-(?:-(user|proxy-user|password-stdin)\b|([A-Za-z]{1,6}))/y
/** A blank, `=`, or what stands between two words in an array. */
const GAP = /=|[ \t]{1,8}|\\{0,8}["'],[ \t]{0,8}(?=\\{0,8}["'])/y
/** Options that a command has its password in. */
const TAKES = /[uUapPwbAXS]/
const QUOTE = /\\{0,8}["']/y
const BARE = /[^\s"'`;|&()<>\\]{1,256}/y
/** The user before a pair's colon; expansions of the shell have colons of their own. */
const USER = /^(?:\$\{[^}]*\}|\$\([^)]*\)|[^:%$\s]|\$(?![{(]))*[:%]/
const nothing = (done: number): Reading => ({ from: done, to: done, done })

/** Reads at a blank or quote and the dash of an option. */
export function commandReader(text: string): (keyword: number) => Reading {
  const commands = new CommandsOf(text, NAMES)
  const read = (keyword: number, open: readonly Named[], name: string, end: number): Reading | null => {
    for (const one of options.get(name) ?? []) {
      if (!open.some((command) => takes(command, one, text, keyword))) continue
      const secret = one.value === 'piped' ? readPiped(text, keyword) : readAfter(text, name, end, one)
      if (secret !== null) return secret
    }
    return null
  }
  return (keyword) => {
    const dash = text.indexOf('-', keyword)
    const [, long, letters = ''] = at(OPTION, text, dash) ?? []
    const open = long !== undefined || TAKES.test(letters) ? commands.at(keyword) : []
    if (open.length === 0) return nothing(keyword + 1)
    if (long !== undefined) return read(keyword, open, long, dash + 2 + long.length) ?? nothing(keyword + 1)
    for (let i = 0; i < letters.length; i++) {
      const secret = read(keyword, open, letters[i] as string, dash + 2 + i)
      if (secret !== null) return secret
    }
    return nothing(keyword + 1)
  }
}

/** The secret in the value behind an option's name. */
function readAfter(text: string, name: string, end: number, option: Option): Reading | null {
  const gap = at(GAP, text, end)?.[0] ?? ''
  // A long option's value never sticks to it.
  if (name.length > 1 && gap === '') return null
  const found = readValue(text, end + gap.length)
  return found === null ? null : secretOf(text, found, option, gap)
}

/** `echo password | …` before an option. */
const PIPED =
  /(?:echo|printf)[ \t]{1,8}(?:-[neE]{1,3}[ \t]{1,8})?(?:(\\{0,8}["'])(.{1,128}?)\1|([^\s"'|$&;<>\\]{3,128}))[ \t]{0,8}\|[^|\n]{1,128}$/
/** Characters before the option that are read. */
const PIPED_BEFORE = 400

function readPiped(text: string, keyword: number): Reading | null {
  const line = text.slice(Math.max(0, keyword - PIPED_BEFORE), keyword)
  const match = line.includes('|') ? PIPED.exec(line) : null
  const secret = match?.[2] ?? match?.[3]
  if (match === null || secret === undefined || isPlaceholder(secret) || /^[$`]/.test(secret)) return null
  const from = keyword - line.length + match.index + match[0].indexOf(secret, 5)
  return { from, to: from + secret.length, done: keyword + 1 }
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
  if (option.value === 'cookies')
    return /^[^\s=;]{1,64}=./.test(value) && !isPlaceholder(value) ? { from, to, done: to } : null
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

/** A bare word behind a blank may be one of a sentence. */
const isPassword = (word: string, text: string, end: number): boolean =>
  /[^A-Za-z.,:!?-]/.test(word) ||
  at(NEXT, text, end) !== null ||
  (mayBePassword(word) && isInCommand(text, end))
const NEXT = /[ \t]{1,8}(?:ssh|scp|sftp|rsync|git|ansible|su)\b/y

/** True when an option of a command may be this one. */
function takes(
  { name, end }: Named,
  { commands, family, after }: Option,
  text: string,
  keyword: number,
): boolean {
  const isIt = commands.some((command) =>
    family === undefined ? name === command : name.startsWith(command),
  )
  return isIt && (after === undefined || after.test(text.slice(end, keyword)))
}

function at(pattern: RegExp, text: string, from: number): RegExpExecArray | null {
  pattern.lastIndex = from
  return pattern.exec(text)
}
