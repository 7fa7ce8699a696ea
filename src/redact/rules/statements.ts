import { isPlaceholder } from '../checks.ts'
import { commandReader } from '../read-command.ts'
import type { Rule } from '../rule.ts'

/** A statement that makes a user or a link, up to its password: needed where the words are not in capitals. */
const STATEMENT =
  /\b(?:(?:create|alter|set)\s+(?:or\s+replace\s+)?(?:user|role|(?:public\s+|shared\s+)*database\s+link)|grant\s[^;]{1,200}\sto)\s/i
/** Without quotes a name, a rule or a person may stand there as well. */
const MAKES_USER = /\b(?:create|alter)\s+user\s+\S{1,64}\s+identified\s+by\s*$/i
/** Characters of a statement that are read back. */
const BEFORE = 300

/** Secrets known by the command, statement or file that they stand in. */
export const statementRules: readonly Rule[] = [
  {
    id: 'command-password',
    keywords: [' -', '\t-', '\n-', '"-', "'-", '\\n-', '\\t-', '--password-stdin'],
    pattern: '-(?:-user|-proxy-user|[A-Za-z]{0,5}?[uUapPwbAXS])[= \\t]{0,8}(\\S+)',
    reader: commandReader,
    inner: true,
  },
  {
    id: 'sql-password',
    keywords: ['identified by', 'password by'],
    pattern:
      '(?i)(?:identified|password) by(?:\\s|\\\\[nrt]){1,8}(?:password\\s{1,8})?(?:\\\\*[\'"]([^\'"]+)|([\\w$#]+))',
    sticky:
      /(?:identified|password) by(?:\s|\\[nrt]){1,8}(?:password\s{1,8})?(?:'((?:[^'\\]|''|\\[^nrt]){1,256})|(?:\\{0,8}")?((?<=")(?:[^"\\]|\\(?!\\*")){1,256}|(?<!["\\])[\w$#]{1,128}))/iy,
    inner: true,
    check: (found, text, at) => {
      if (isPlaceholder(found)) return false
      const before = text.slice(Math.max(0, at - BEFORE), at)
      if (!/['"]$/.test(before)) return MAKES_USER.test(before)
      return / BY\s/.test(before.slice(-32)) || STATEMENT.test(before)
    },
  },
  {
    // `host:port:database:user:password`: the ports of Postgres and of its pools, or all of them
    id: 'pgpass',
    keywords: [':*:', ':5432:', ':5433:', ':5434:', ':6432:', ':15432:', ':25432:'],
    pattern: ':(?:\\*|543[234]|[12]5432|6432):[\\w*-]{1,63}:[\\w.*@-]{1,63}:([^\\s"\'`\\\\:]+)',
    sticky:
      /:(?:\*|543[234]|[12]5432|6432):[A-Za-z_*][\w-]{0,62}:[A-Za-z_*][\w.@-]{0,62}:((?:[^\s"'`\\:]|\\[\\:]){1,256})(?=$|[\s"'`\\])/y,
    inner: true,
    check: (found, text, at) => !isPlaceholder(found) && isHost(text, at),
  },
]

/** What stands before the port, up to what is in no host: a host, and for all ports one that cannot be anything else. */
const LINE = /(?:^|[^\w.*:@-]|\\n)([\w.*-]{1,255}):(\*|\d{4,5}):[^:]{1,63}:[^:]{1,63}:$/
const ONLY_HOST = /^(?:\*|localhost|.+\..+)$/

function isHost(text: string, at: number): boolean {
  const [, host, port] = LINE.exec(text.slice(Math.max(0, at - 400), at)) ?? []
  return host !== undefined && (port !== '*' || ONLY_HOST.test(host))
}
