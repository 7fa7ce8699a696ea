import { isPlaceholder, looksRandom } from '../checks.ts'
import type { Reading, Rule } from '../rule.ts'

/** A call back to an application that asked for a code: characters around it that are read. */
const AROUND = 300
const CALL_BACK =
  /[?&](?:state|session_state|iss|redirect_uri|code_verifier|grant_type)=|callback|oauth|redirect/i

/** Longest user and password of a connection string: characters. */
const CREDENTIALS = 128

/** The password of `user:password@tcp(host:3306)/database`: the user ends at the first colon, as its driver has it. */
function readDsn(text: string, at: number): Reading {
  let start = at
  while (start > 0 && at - start < CREDENTIALS && !/[\s"'`<>\\/(),;]/.test(text[start - 1] as string)) start--
  const [, user, secret = ''] = /^(?:\w+=)?([\w.+-]+):(.+)$/.exec(text.slice(start, at)) ?? []
  if (user === undefined || isPlaceholder(secret) || /^[%$<{]/.test(secret))
    return { from: at, to: at, done: at + 1 }
  return { from: at - secret.length, to: at, done: at + 1 }
}

/** Names of elements that tell where a list goes on. */
const GOES_ON = /(?:next|continuation|page|paging|sync|marker|csrf|public)[\w-]{0,16}$/i
const NAME = 48

/** Secrets known by the place that they stand in: an address, a connection string, an element. */
export const placeRules: readonly Rule[] = [
  {
    // the one use of it may not have come yet, and what waits for it may not ask for more
    id: 'oauth-code',
    keywords: ['code='],
    pattern: '[Cc][Oo][Dd][Ee]=([\\w.~%/-]{16,})',
    sticky: /code=([\w.~%/-]{16,1024})/iy,
    min: 21,
    inner: true,
    check: (found, text, at) => {
      const start = at - 'code='.length
      if (!/[?&]/.test(text[start - 1] ?? '') || !looksRandom(found)) return false
      const before = text.slice(Math.max(0, start - AROUND), start)
      const address = before.slice(before.search(/[^\s"'<>`]*$/))
      return CALL_BACK.test(
        address + text.slice(at + found.length, at + found.length + AROUND).split(/[\s"'<>`]/, 1)[0],
      )
    },
  },
  {
    // drivers of Go
    id: 'dsn-password',
    keywords: ['@tcp(', '@tcp6(', '@unix('],
    pattern: ':([^\\s"\'`<>\\\\/(),;]+)@(?:tcp6?|unix)\\(',
    before: CREDENTIALS,
    inner: true,
    read: readDsn,
  },
  {
    id: 'xml-secret',
    keywords: [
      ...[
        'apikey>',
        'api_key>',
        'api-key>',
        'accesskey>',
        'access_key>',
        'secretkey>',
        'secret_key>',
        'secret-key>',
      ],
      ...['secret>', 'token>'],
    ],
    pattern:
      '(?i)(?:key|secret|token)>(?:\\s|\\\\[nrt]){0,16}([\\w+/.=~-]{27,})(?:\\s|\\\\[nrt]){0,16}<\\\\{0,8}/',
    // what is in JSON has its line breaks escaped
    sticky:
      /(?:(?:api|access|secret)[_-]?key|secret|token)>(?:\s|\\[nrt]){0,16}([\w+/.=~-]{27,512})(?=(?:\s|\\[nrt]){0,16}<\\{0,8}\/)/iy,
    inner: true,
    check: (found, text, at) => {
      const before = text.slice(Math.max(0, at - NAME), at)
      const [, name] = /<(?:[\w-]+:)?([\w-]+)>(?:\s|\\[nrt])*$/.exec(before) ?? []
      return (
        name !== undefined && looksRandom(found) && !GOES_ON.test(name.replace(/[_-]?(?:key|token)$/i, ''))
      )
    },
  },
]
