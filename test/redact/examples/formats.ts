import { alnum, type Examples, hex, within } from './fake.ts'
import { placeExamples } from './places.ts'
import { statementExamples } from './statements.ts'

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const basic = Buffer.from(`ada:${alnum(14)}`).toString('base64')
const dashes = '-'.repeat(5)
const pem = (kind: string, size: number): string =>
  `${dashes}BEGIN ${kind}PRIVATE KEY${dashes}\n${alnum(size).replace(/.{64}/g, '$&\n')}\n${dashes}END ${kind}PRIVATE KEY${dashes}`

/** For every rule of src/redact/rules/formats.ts. */
export const formatExamples: Record<string, Examples> = {
  'private-key': {
    true: [
      within('key: ', pem('RSA ', 1600), ' end'),
      within('', pem('OPENSSH ', 300)),
      within('{"k":"', pem('', 900).replaceAll('\n', '\\n'), '"}'),
      // Cut before its end.
      within('', `${dashes}BEGIN PRIVATE KEY${dashes}\n${alnum(300)}`),
      // Cut before its beginning; in the middle of a line, and indented.
      within('… ', `${alnum(30)}\n${alnum(64)}\n${dashes}END RSA PRIVATE KEY${dashes}`, ' end'),
      within('key:\n  ', `${alnum(64)}\n  ${alnum(64)}\n  ${dashes}END PRIVATE KEY${dashes}`),
      within('"', `${alnum(64)}\\n${alnum(20)}\\n${dashes}END EC PRIVATE KEY${dashes}`, '"'),
    ],
    false: [
      `${dashes}BEGIN PUBLIC KEY${dashes}\n${alnum(200)}`,
      `a file with ${dashes}BEGIN PRIVATE KEY${dashes} in it; see docs`,
      `a file of this kind is one that always ends with the following line ${dashes}END PRIVATE KEY${dashes} and no other`,
      `${alnum(64)}\n${dashes}END CERTIFICATE${dashes}`,
    ],
  },
  'putty-key': {
    true: [
      within('', `PuTTY-User-Key-File-` + `3: ssh-ed25519\nEncryption: none\nPrivate-Lines: 1\n${alnum(44)}`),
    ],
    false: ['PuTTY user key files end in .ppk'],
  },
  'age-key': {
    true: [within('', 'AGE-SECRET-' + `KEY-1${alnum(58).toUpperCase()}`)],
    false: ['AGE-SECRET-KEY-1 is the prefix'],
  },
  jwt: {
    true: [within('token ', `${encoded({ alg: 'HS256' })}.${encoded({ sub: '1234567890' })}.${alnum(43)}`)],
    false: ['eyJust.a.name', `keyJ${alnum(10)}.x.y`],
  },
  'url-credentials': {
    true: [
      within('postgres://app:', 'pa55w0rd', '@db.internal:5432/app'),
      within('https://', alnum(24), '@git.example.com/x.git'),
      within('redis://:', 'hunter2', '@cache/0'),
    ],
    false: [
      'https://example.com/a@b',
      'https://example.com:8080/x',
      'postgres://app:${PGPASSWORD}@db/app',
      'ssh://git@host/x',
    ],
  },
  'basic-auth': {
    true: [within('got Basic ', Buffer.from('user:pass' + 'word1').toString('base64'))],
    false: ['basic knowledge of arithmetic', 'Basic authentication'],
  },
  bearer: {
    true: [within('sent Bearer ', alnum(40)), within('bearer ', `${hex(24)}`)],
    false: ['the bearer of this letter', 'Bearer authentication-is-required', 'Bearer <token>'],
  },
  'connection-string': {
    true: [within('Server=db;User Id=sa;Pass' + 'word=', 'letmein', ';Encrypt=true')],
    false: ['password=<yours>; server=x'],
  },
  'registry-auth': {
    true: [
      within('//registry.example.org/:_auth=', basic),
      within('{"auths":{"ghcr.io":{"auth": "', basic, '"}}}'),
      within('{\\"auth\\":\\"', basic, '\\"}'),
    ],
    false: ['"auth": "required"', '_auth=none', '{"auth":"b2F1dGgtb25seS1uby1jb2xvbg=="}'],
  },
  ...statementExamples,
  ...placeExamples,
}
