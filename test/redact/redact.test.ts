import t from 'tap'
import type { AttributeValue } from '../../src/model/attributes.ts'
import {
  countRules,
  createRedactor,
  maskValue,
  redactId,
  redactSpan,
  withIdKey,
} from '../../src/redact/index.ts'
import { startPass } from '../../src/redact/pass.ts'
import { exampleSpan } from './example-span.ts'
import { alnum, hex } from './examples/fake.ts'

const idKey = Buffer.alloc(32, 5)
const redactor = createRedactor({ idKey })
const pat = 'ghp' + `_${alnum(36)}`
const attributes = (...entries: [string, AttributeValue][]) => exampleSpan({ attributes: new Map(entries) })
const after = (...entries: [string, AttributeValue][]) => [
  ...redactSpan(attributes(...entries), redactor).span.attributes,
]

t.test('names of keys', async (t) => {
  for (const key of [
    'password',
    'db.password',
    'userPwd',
    'X-API-Key',
    'openai.apiKey',
    'client_secret',
    'Set-Cookie',
  ]) {
    t.match(after([key, 'hunter2'])[0]?.[1], /^\[redacted:[a-z-]+\]$/, key)
  }
  t.strictSame(after(['http.request.header.authorization', ['Digest x']]), [
    ['http.request.header.authorization', ['[redacted:authorization]']],
  ])
  const harmless: [string, AttributeValue][] = [
    ['gen_ai.usage.input_tokens', 12n],
    ['gen_ai.usage.output_tokens', '12'],
    ['llm.token_count.prompt', 12n],
    ['max_tokens', 4096n],
    ['orcheo.token.input', 7n],
    ['token', 'hello'],
    ['authorisation', '88F2A1'],
    ['card.authorisation', 'given by the bank on 2 May'],
    ['password_policy', 'strict'],
    ['next_page_token', alnum(24)],
    ['has_secret', true],
    ['secret', null],
    ['password', ''],
  ]
  t.strictSame(after(...harmless), harmless)
})

t.test('shape stays', async (t) => {
  const value = new Map<string, AttributeValue>([
    [
      'credentials',
      new Map<string, AttributeValue>([
        ['user', 'ada'],
        ['pin', 12n],
        ['on', true],
      ]),
    ],
    ['n', 1.5],
  ])
  t.strictSame(after(['a', value]), [
    [
      'a',
      new Map<string, AttributeValue>([
        [
          'credentials',
          new Map<string, AttributeValue>([
            ['user', '[redacted:credential]'],
            ['pin', '[redacted:credential]'],
            ['on', true],
          ]),
        ],
        ['n', 1.5],
      ]),
    ],
  ])
  const json = '{ "user" : "ada",\n  "password":"hun\\"ter2", "pin_password": 1234, "n": [1,2] }'
  const read = startPass(redactor, null).text(json, redactor.secrets)
  t.equal(
    read,
    '{ "user" : "ada",\n  "password":"[redacted:password]", "pin_password": "[redacted:password]", "n": [1,2] }',
  )
  t.strictSame(Object.keys(JSON.parse(read)), ['user', 'password', 'pin_password', 'n'])
})

t.test('names that hold secrets do not become one', async (t) => {
  t.strictSame(after([pat, 1n], ['ghp' + `_${alnum(36, 2)}`, 2n], ['__proto__', 'x']), [
    ['[redacted:github-pat]', 1n],
    ['[redacted:github-pat]#2', 2n],
    ['__proto__', 'x'],
  ])
})

t.test('ids: consistent, of the workspace, exempt from personal data', async (t) => {
  const hidden = redactId(pat, redactor)
  t.match(hidden, /^redacted-[0-9a-f]{16}$/)
  t.equal(redactSpan(exampleSpan({ executionId: pat }), redactor).span.executionId, hidden)
  t.equal(redactId(hidden, redactor), hidden)
  t.not(redactId(pat, withIdKey(redactor, Buffer.alloc(32, 6))), hidden)
  const strict = createRedactor({ idKey, personal: 'ingest' })
  t.equal(redactSpan(exampleSpan({ userId: 'ada@example.com' }), strict).span.userId, 'ada@example.com')
})

t.test('the notice names rules and counts, never the match', async (t) => {
  const { span, counts } = redactSpan(attributes(['a', `${pat} ${pat}`], ['password', 'x']), redactor)
  t.strictSame(span.notices.at(-1), {
    code: 'redacted',
    message: 'Removed before storing: github-pat (2), password (1).',
    count: 3,
  })
  t.strictSame(countRules([counts, counts]).get('github-pat'), 4)
})

t.test('policy', async (t) => {
  const content = new Map([['p', 'write to ada@example.com']])
  const kept = (options: object) =>
    redactSpan(exampleSpan({ content }), createRedactor({ idKey, ...options })).span
  t.equal(kept({}).content.get('p'), 'write to ada@example.com', 'stored, and masked when read')
  t.equal(kept({ personal: 'ingest' }).content.get('p'), 'write to [redacted:email]')
  t.equal(kept({ content: 'masked' }).content.get('p'), 'write to [redacted:email]')
  t.equal(kept({ content: 'none' }).content.size, 0)
  t.equal(
    kept({ allow: ['ada@example.com'], personal: 'ingest' }).content.get('p'),
    'write to ada@example.com',
  )
  const own = { workflows: [{ match: 'daily*', content: 'none' as const }] }
  t.equal(kept(own).content.size, 0)
  const other = exampleSpan({ content, workflowId: 'other' })
  t.equal(redactSpan(other, createRedactor({ idKey, ...own })).span.content.size, 1)
  const silent = exampleSpan({ content, workflowId: null, workflowName: null })
  t.equal(
    redactSpan(silent, createRedactor({ idKey, ...own })).span.content.size,
    0,
    'unknown: the strictest',
  )
})

t.test('masked at read', async (t) => {
  const value = { a: ['mail ada@example.com', 1], ['__proto__']: { b: new Map([['c', '+49 171 1234567']]) } }
  t.strictSame(JSON.stringify(maskValue(value.a, redactor)), '["mail [redacted:email]",1]')
  const same = { a: ['nothing', null, 1n] }
  t.equal(maskValue(same, redactor), same)
  t.equal(maskValue('ada@example.com', createRedactor({ idKey, personal: 'keep' })), 'ada@example.com')
  t.strictSame(maskValue(new Map([['c', '+49 171 1234567']]), redactor), new Map([['c', '[redacted:phone]']]))
})

t.test('rules of the configuration', async (t) => {
  const custom = [
    { id: 'ticket', pattern: 'TICKET-\\d{4,}', keywords: ['ticket-'] },
    { id: 'badge', pattern: 'badge (\\d+)' },
  ]
  const own = createRedactor({ idKey, custom, keys: ['x-house-code'] })
  const span = attributes(
    ['a', 'see TICKET-12345, badge 77'],
    ['X-House-Code', 'q'],
    ['b', '{"xHouseCode":"q"}'],
  )
  t.strictSame(
    [...redactSpan(span, own).span.attributes.values()],
    ['see [redacted:ticket], badge [redacted:badge]', '[redacted:key]', '{"xHouseCode":"[redacted:key]"}'],
  )
  for (const pattern of ['(a', '(?=a)b', '(a)\\1', 'a*']) {
    t.throws(
      () => createRedactor({ idKey, custom: [{ id: 'bad', pattern }] }),
      { name: 'BadRule', message: /"bad"/ },
      pattern,
    )
  }
})

t.test('fails closed', async (t) => {
  let clock = 0
  const slow = createRedactor({ idKey, now: () => (clock += 60), budgetMs: 100 })
  const { span } = redactSpan(attributes(['a', `x ${pat}`], ['b', `y ${pat}`], ['c', 'harmless text']), slow)
  t.notOk(JSON.stringify([...span.attributes]).includes(pat))
  t.equal(span.attributes.get('b'), '[redacted:failed]')
  t.equal(span.attributes.get('c'), 'harmless text')
  const broken = createRedactor({ idKey })
  broken.secrets.prefilter.search = () => {
    throw new Error('broken')
  }
  t.equal(redactSpan(attributes(['a', 'anything']), broken).span.attributes.get('a'), '[redacted:failed]')
})

t.test('the clock alone fails nothing: it runs on while others have the processor', async (t) => {
  let clock = 0
  let spent = 0
  const now = () => (clock += 60)
  const sent = attributes(['a', `x ${pat}`], ['b', `y ${pat}`], ['c', `z ${pat}`])
  const starved = createRedactor({ idKey, now, budgetMs: 100, spentMs: () => spent })
  t.strictSame(
    [...redactSpan(sent, starved).span.attributes.values()],
    ['x [redacted:github-pat]', 'y [redacted:github-pat]', 'z [redacted:github-pat]'],
  )
  const busy = createRedactor({ idKey, now, budgetMs: 100, spentMs: () => (spent += 60) })
  t.equal(redactSpan(sent, busy).span.attributes.get('c'), '[redacted:failed]')
})

t.test('a token cut in half', async (t) => {
  t.strictSame(after(['a', `use ${pat.slice(0, 20)}…`]), [['a', 'use [redacted:github-pat]…']])
  const cut = `${'a '.repeat(40_000)}`.slice(0, 64 * 1024 - 20) + pat.slice(0, 20)
  t.notOk(String(after(['a', cut])[0]?.[1]).includes('ghp_'))
  t.strictSame(after(['a', `the hash ${hex(12)}…`]), [['a', `the hash ${hex(12)}…`]])
})
