import { isPlaceholder, looksRandom } from '../checks.ts'
import { readJwt, readPrivateKey } from '../readers.ts'
import type { Rule } from '../rule.ts'
import { placeRules } from './places.ts'
import { statementRules } from './statements.ts'

/** `user:password` in base64. */
const isUserAndPassword = (found: string): boolean =>
  /^[\x20-\x7e\u00a0-\uffff]*:/u.test(Buffer.from(found, 'base64').toString('utf8'))

/** Secrets known by their form, whoever issued them. They come after the providers' rules. */
export const formatRules: readonly Rule[] = [
  {
    id: 'private-key',
    keywords: ['private key-----', 'private key block-----'],
    // A body without its end line was cut: what is there goes all the same.
    pattern:
      '-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[\\sA-Za-z0-9+/=\\\\:,.()@]|-[A-Za-z0-9])*(?:-----END [A-Z0-9 ]{0,40}-----)?',
    read: readPrivateKey,
    inner: true,
    check: (found) => found.length > 80,
  },
  {
    id: 'putty-key',
    keywords: ['putty-user-key-file-'],
    pattern: 'PuTTY-User-Key-File-\\d:(?:[\\s\\w+/=\\\\:,.()@-])*',
    sticky: /PuTTY-User-Key-File-\d:[\t\n\f\r \w+/=\\:,.()@-]*/y,
  },
  { id: 'age-key', keywords: ['age-secret-key-1'], pattern: 'AGE-SECRET-KEY-1[0-9A-Z]{40,}', min: 56 },
  {
    id: 'jwt',
    keywords: ['eyj'],
    pattern: 'eyJ[\\w-]{8,}\\.[\\w-]{8,}\\.[\\w-]*(?:\\.[\\w-]+){0,2}',
    min: 21,
    read: readJwt,
  },
  {
    id: 'url-credentials',
    keywords: ['://'],
    // user:password@ (with an @ of its own, too) or a token alone before the @.
    pattern: '(?i)[a-z][a-z0-9+.-]{1,24}://(?:[^\\s:@/"\'<>\\\\?#[]*:([^\\s/"\'<>\\\\[]+)|([\\w~.-]{20,}))@',
    sticky:
      /(?<=[a-z][a-z0-9+.-]{1,24}):\/\/(?:[^\t\n\f\r :@/"'<>\\?#[]{0,400}:([^\t\n\f\r /"'<>\\[]{1,400})|([\w~.-]{20,400}))(?=@)/iy,
    min: 8,
    inner: true,
    check: (found, text, at) => !isPlaceholder(found) && (text[at - 1] === ':' || looksRandom(found)),
  },
  {
    id: 'basic-auth',
    keywords: ['basic '],
    pattern: '(?i)basic +([A-Za-z0-9+/_-]{8,}={0,2})',
    sticky: /basic +([\w+/-]{8,}={0,2})/iy,
    check: isUserAndPassword,
  },
  {
    // npm's `_auth=`, Docker's `"auth": "…"`: base64 of a user and a password
    id: 'registry-auth',
    keywords: ['_auth', 'auth"', 'auth\\'],
    pattern: '(?:_auth"?|"auth\\\\{0,15}") {0,4}[:=] {0,4}\\\\{0,15}"?([A-Za-z0-9+/_-]{8,}={0,2})',
    sticky: /_?auth\\{0,15}"? {0,4}[:=] {0,4}\\{0,15}"?([\w+/-]{8,}={0,2})/y,
    inner: true,
    check: isUserAndPassword,
  },
  {
    id: 'bearer',
    keywords: ['bearer ', 'bearer%20'],
    pattern: '(?i)bearer(?: |%20)+([\\w.~+/-]{12,}={0,2})',
    sticky: /bearer(?: |%20)+([\w.~+/-]{12,}={0,2})/iy,
    check: (found) => looksRandom(found) && !isPlaceholder(found),
  },
  {
    id: 'connection-string',
    keywords: ['password=', 'pwd='],
    pattern: '(?i)(?:password|pwd)=([^;"\'\\s&[]+)(?:;|\\s|"|\'|$)',
    // A value of any length, or one that ends with its part.
    sticky: /(?:password|pwd)=([^;"'\t\n\f\r &[]{512,}|[^;"'\t\n\f\r &[]{1,511}(?=[;"'\t\n\f\r ]|$))/iy,
    inner: true,
    check: (found, text, at) =>
      !isPlaceholder(found) &&
      // `connect(password=typed, host=host)`: an argument of code
      !/^[A-Za-z_.]+,$/.test(found) &&
      /(?:server|host|data source|user id|uid|database|addr)\s?=/i.test(
        text.slice(Math.max(0, at - 200), at + 200),
      ),
  },
  ...statementRules,
  ...placeRules,
]
