import { isPlaceholder, looksRandom } from '../checks.ts'
import type { Rule } from '../rule.ts'

/** Secrets known by their form, whoever issued them. They come after the providers' rules. */
export const formatRules: readonly Rule[] = [
  {
    id: 'private-key',
    keywords: ['private key-----', 'private key block-----'],
    // A body without its end line was cut: what is there goes all the same.
    pattern:
      '-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[\\sA-Za-z0-9+/=\\\\:,.()@]|-[A-Za-z0-9])*(?:-----END [A-Z0-9 ]{0,40}-----)?',
    before: 64,
    after: 16 * 1024,
    inner: true,
    check: (found) => found.length > 80,
  },
  {
    id: 'putty-key',
    keywords: ['putty-user-key-file-'],
    pattern: 'PuTTY-User-Key-File-\\d:(?:[\\s\\w+/=\\\\:,.()@-])*',
    after: 16 * 1024,
  },
  { id: 'age-key', keywords: ['age-secret-key-1'], pattern: 'AGE-SECRET-KEY-1[0-9A-Z]{40,}', min: 56 },
  {
    id: 'jwt',
    keywords: ['eyj'],
    pattern: 'eyJ[\\w-]{8,}\\.[\\w-]{8,}\\.[\\w-]*(?:\\.[\\w-]+){0,2}',
    min: 21,
    after: 8 * 1024,
  },
  {
    id: 'url-credentials',
    keywords: ['://'],
    needs: '@',
    // user:password@ or a token alone before the @.
    pattern: '(?i)[a-z][a-z0-9+.-]{1,24}://(?:[^\\s:@/"\'<>\\\\?#[]*:([^\\s@/"\'<>\\\\[]+)|([\\w~.-]{20,}))@',
    min: 8,
    before: 26,
    after: 420,
    inner: true,
    check: (found, text, at) => !isPlaceholder(found) && (text[at - 1] === ':' || looksRandom(found)),
  },
  {
    id: 'basic-auth',
    keywords: ['basic '],
    pattern: '(?i)basic +([A-Za-z0-9+/_-]{8,}={0,2})',
    check: (found) => /^[\x20-\x7e\u00a0-\uffff]*:/u.test(Buffer.from(found, 'base64').toString('utf8')),
  },
  {
    id: 'bearer',
    keywords: ['bearer ', 'bearer%20'],
    pattern: '(?i)bearer(?: |%20)+([\\w.~+/-]{12,}={0,2})',
    after: 4 * 1024,
    check: (found) => looksRandom(found) && !isPlaceholder(found),
  },
  {
    id: 'connection-string',
    keywords: ['password=', 'pwd='],
    pattern: '(?i)(?:password|pwd)=([^;"\'\\s&[]+)(?:;|\\s|"|\'|$)',
    inner: true,
    check: (found, text, at) =>
      !isPlaceholder(found) &&
      /(?:server|host|data source|user id|uid|database|addr)\s?=/i.test(
        text.slice(Math.max(0, at - 200), at + 200),
      ),
  },
]
