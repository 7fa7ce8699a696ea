import fc from 'fast-check'
import t from 'tap'
import { createRedactor } from '../../src/redact/index.ts'
import { findKeywords } from '../../src/redact/keywords.ts'
import type { RuleSet } from '../../src/redact/rule-set.ts'
import { findMatches } from '../../src/redact/scan.ts'
import { alnum, type Examples } from './examples/fake.ts'
import { formatExamples } from './examples/formats.ts'
import { personalExamples } from './examples/personal.ts'
import { secretExamples } from './examples/secrets.ts'

const redactor = createRedactor({
  idKey: Buffer.alloc(32, 7),
  keys: ['x-house-code', 'pin'],
  custom: [
    { id: 'ticket', pattern: 'TICKET-\\d{4,}', keywords: ['ticket-'] },
    { id: 'badge', pattern: 'badge (\\d+)' },
  ],
})
const clock = { tick: () => {} }
/** The same rules, with every keyword looked for in all of a text. */
const whole = (set: RuleSet): RuleSet => ({ ...set, prefilter: findKeywords(set.keywords) })
const sets = [
  redactor.secrets,
  redactor.everything,
  redactor.personal,
  createRedactor({ idKey: Buffer.alloc(32, 7) }).secrets,
].map((set) => ({ set, all: whole(set) }))

const value = alnum(20, 3)
const assigned = [
  ...[
    'password',
    'DB_PASSWORD',
    'x-api-key',
    'api key',
    'accessToken',
    'token',
    'user.pwd',
    'aws_secret_access_key',
  ],
  ...[
    'private_key',
    'Authorization',
    'set-cookie',
    'card_cvv2',
    'x_house_code',
    'xHouseCode',
    'pin',
    'connect.sid',
  ],
  ...['client_secret_value', 'header.authorization.0', 'passphrase_', 'credentials'],
].flatMap((name) => [
  `${name}=${value}`,
  `${name}: ${value}`,
  `${name} = "${value}"`,
  `"${name}": "${value}"`,
  `'${name}' => '${value}'`,
  `headers["${name}"] = "${value}"`,
  `{"${name}": {"a": "${value}", "b": [12345]}}`,
  `${name}    :    Basic ${value}`,
  `**${name}**: ${value}`,
  `{"name": "${name}", "value": "${value}"}`,
  `- name: ${name}\n  value: ${value}`,
])
// What no operator assigns.
for (const name of ['password', 'DB_PASSWORD', 'passwd', 'Password']) {
  assigned.push(
    `machine a.example login ada ${name} ${value}`,
    `<${name}>${value}</${name}>`,
    `{"name": "${name}", "value": "${value}"}`,
    `- name: ${name}\n  value: ${value}`,
    `ENV ${name} ${value}`,
    `alter role ada with ${name} '${value}'`,
    `form[${name}]=${value}`,
    `create role ada login ${name} '${value}'`,
    `- ${name}:\n    value: ${value}`,
    `["--${name}", "${value}"]`,
    `-${name} ${value}`,
    `**${name}:** ${value}`,
    `page.fill('#${name}', '${value}')`,
    `{"selector": "input[name=${name}]", "text": "${value}"}`,
  )
}
const others = [
  'see TICKET-12345',
  'badge 77',
  '----------',
  'a = b',
  'http://x.example/y?z=1',
  '🔑',
  'Ġ',
  '\u2028',
]
const positives = Object.values<Examples>({
  ...secretExamples,
  ...formatExamples,
  ...personalExamples,
}).flatMap((one) => [...one.true.map(({ text }) => text), ...one.false])

const escaped = (text: string): string =>
  text.replace(/[^A-Za-z0-9]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
const percented = (text: string): string =>
  text.replace(/[^A-Za-z0-9]/g, (char) =>
    encodeURIComponent(char).replace(char, `%${char.charCodeAt(0).toString(16)}`),
  )
const forms: ((text: string) => string)[] = [
  (text) => text,
  (text) => JSON.stringify({ v: text }),
  (text) => JSON.stringify(JSON.stringify({ v: text })),
  (text) => JSON.stringify(text).replaceAll('/', '\\/'),
  escaped,
  (text) => percented(text.replace(/[\ud800-\udfff]/g, '')),
  (text) => Buffer.from(text).toString('base64'),
  (text) => Buffer.from(text).toString('base64url'),
  (text) => text.toUpperCase(),
  (text) => `${text.slice(0, Math.ceil(text.length / 2))}…`,
  (text) => `${text.slice(0, -3)}[truncated]`,
]

const piece = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.constantFrom(...positives), fc.constantFrom(...forms)).map(([a, form]) => form(a)),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constantFrom(...assigned), fc.constantFrom(...forms)).map(([a, form]) => form(a)),
  },
  { weight: 2, arbitrary: fc.constantFrom(...others) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...assigned, ...positives), fc.nat(90)).map(([a, at]) => a.slice(at)),
  },
)
const between = fc.constantFrom('', ' ', '\n', ', ', '"', 'é', 'word ', '\\n', ': ', '=')
const texts = fc.array(fc.tuple(piece, between), { maxLength: 5 }).map((pieces) => pieces.flat().join(''))

t.test('what the first look leaves out could not have matched', async (t) => {
  let found = 0
  fc.assert(
    fc.property(texts, fc.nat(sets.length - 1), (text, index) => {
      const { set, all } = sets[index] as (typeof sets)[number]
      const expected = JSON.stringify(findMatches(text, all, clock))
      if (expected !== 'null') found++
      if (JSON.stringify(findMatches(text, set, clock)) !== expected) throw new Error(`for ${expected}`)
    }),
    { numRuns: 4_000 },
  )
  t.ok(found > 1_000, `${found} of 4,000 texts held something`)
})

t.test('wherever it stands in a long text', async (t) => {
  const secret = `password=${value}`
  const { set } = sets[3] as (typeof sets)[number]
  for (const before of [0, 1, 15, 16, 65_500, 65_533, 65_534, 65_535, 65_536, 65_537, 131_071]) {
    for (const after of ['', ' end']) {
      const text = `${'x '.repeat(before / 2)}${before % 2 === 1 ? ' ' : ''}${secret}${after}`
      t.strictSame(findMatches(text, set, clock), [
        { from: before + 9, to: before + secret.length, rule: 'password', wrap: '' },
      ])
    }
  }
})
