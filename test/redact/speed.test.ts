import fc from 'fast-check'
import { RE2JS } from 're2js'
import t from 'tap'
import { createRedactor } from '../../src/redact/index.ts'
import { nativeForm } from '../../src/redact/native.ts'
import { startPass } from '../../src/redact/pass.ts'
import { buildRuleSet } from '../../src/redact/rule-set.ts'
import { formatRules } from '../../src/redact/rules/formats.ts'
import { personalRules } from '../../src/redact/rules/personal.ts'
import { secretRules } from '../../src/redact/rules/secrets.ts'
import { formatExamples } from './examples/formats.ts'
import { personalExamples } from './examples/personal.ts'
import { secretExamples } from './examples/secrets.ts'
import { worstInputs } from './examples/worst.ts'
import { quietMs } from './pace.ts'

const rules = [...secretRules, ...formatRules, ...personalRules]
/** Milliseconds of processor time (`bench/redact.ts` prints the slowest). */
const LIMIT = 20
/** Compiling, collecting garbage and neighbours are not the rule's: what is slow is slow every time. */
const TIMES = 30

t.test('no rule is slow on 64 KiB made against it', async (t) => {
  const redactor = createRedactor({ idKey: Buffer.alloc(32, 7) })
  const table: [string, number][] = []
  for (const rule of rules) {
    const alone = buildRuleSet({ rules: [rule], deep: false })
    const cpu = (input: string): number => quietMs(() => startPass(redactor, null).text(input, alone))
    let slowest = 0
    for (const input of worstInputs(rule)) {
      let ms = cpu(input)
      for (let again = 1; again < TIMES && ms >= LIMIT; again++) ms = Math.min(ms, cpu(input))
      slowest = Math.max(slowest, ms)
    }
    table.push([rule.id, slowest])
    t.ok(slowest < LIMIT, `${rule.id}: ${slowest.toFixed(0)} ms`)
  }
  const slow = table.sort(([, a], [, b]) => b - a).slice(0, 5)
  t.comment(`the slowest: ${slow.map(([id, ms]) => `${id} ${ms.toFixed(1)} ms`).join(', ')}`)
})

/** A name below itself, as deep as names are read. */
const nested = (name: string): string =>
  Array.from({ length: 64 }, (_, depth) => `${' '.repeat(depth)}${name}:\n`).join('')

t.test('no reader of names and encoded forms is slow on 64 KiB made against it', async (t) => {
  // Without the rules, which have a test of their own.
  const set = buildRuleSet({ rules: [], deep: true })
  const size = 64 * 1024
  const redactor = createRedactor({ idKey: Buffer.alloc(32, 7) })
  const encoded = Buffer.from('{"password":"hunter2hunter2"}').toString('base64')
  const units = [
    ...[
      '"password":{',
      '"password":[1,',
      '"password": "',
      'password=',
      'password=x1y2z3 ',
      'token: ',
      'a_key=b ',
    ],
    ...['--pwd ', '--password x1y2 ', 'A_SECRET=a,', 'pwd:|', 'pwd=\\', 'pwd=\u001b[', '?pwd=$(', 'pwd="{'],
    ...['\\"secret\\":\\"', '`secret`:`', 'authorization: ', 'cookie: a1=', 'api key:', 'pwd: "\\', 'pwd\n:'],
    ...[
      '%41',
      '%41pwd=',
      '\\u0041',
      '\\u0041 password=a1b2c3 ',
      ':\\/',
      encoded,
      `${encoded} `,
      'cGFzc3dvcmQ ',
    ],
    ...['machine a login b password ', 'machine default login a password ', 'name=\\\\\\\\password "'],
    ...['<password>', '<a:password b', '<password>c</', 'ENV PASSWORD ', 'with password ', 'a[password]='],
    ...['{"name":"password","value":', 'passwordpassword ', 'swwowdsw', 'pas', '_auth=', '"auth":"'],
    ...[
      "with password '",
      "set password for a = '",
      '"--password","',
      'password:\\n',
      'password:\\n  a: b1c2d3\\n',
    ],
    ...[
      'password:\n  a: b1c2d3\n',
      nested('password'),
      nested('token'),
      nested('- secrets'),
      'password:\n  - "',
    ],
    ...[
      '"name":"password","value":"',
      'value:',
      'name=value=',
      '**pwd**: ',
      'pwd:***',
      '.fill("password',
      "'password').",
    ],
    ...[
      '"ref":"password","a":"b",',
      'password=swordfish ',
      'password: swordfish\n',
      'PASS: ab\n',
      '--pwd swordfish ',
    ],
    ...['[a]\npassword = swordfish\n', '(password=swordfish;', '-password swordfish', 'pass'],
    ...[':', '=', '-----', 'key-----', 'basic ', 'bearer ', 'a'.repeat(40), 'é', '…'],
  ]
  for (const unit of units) {
    const text = unit.repeat(Math.ceil(size / unit.length)).slice(0, size)
    let ms = Infinity
    for (let again = 0; again < TIMES && ms >= LIMIT; again++) {
      ms = Math.min(
        ms,
        quietMs(() => startPass(redactor, null).text(text, set)),
      )
    }
    t.ok(ms < LIMIT, `${unit.slice(0, 24)}: ${ms.toFixed(0)} ms`)
  }
})

t.test('the host engine finds what RE2 finds', async (t) => {
  const examples = Object.values({ ...secretExamples, ...formatExamples, ...personalExamples }).flatMap(
    (one) => [...one.true.map(({ text }) => text), ...one.false],
  )
  const piece = fc.oneof(
    fc.constantFrom(...examples),
    fc.constantFrom(...examples).chain((text) => fc.nat(text.length).map((at) => text.slice(0, at))),
    fc.string({ maxLength: 6 }),
  )
  const texts = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(''))
  const native = rules.flatMap((rule) => {
    const regex = rule.gap === undefined ? nativeForm(rule.pattern) : null
    return regex === null ? [] : [{ id: rule.id, regex, re2: RE2JS.compile(rule.pattern) }]
  })
  t.ok(native.length > 40)
  fc.assert(
    fc.property(texts, fc.nat(native.length - 1), (text, index) => {
      const { id, regex, re2 } = native[index] as (typeof native)[number]
      const matcher = re2.matcher(text)
      const expected: string[] = []
      while (matcher.find()) expected.push(`${matcher.start()}-${matcher.end()}`)
      const found = [...text.matchAll(regex)].map(({ index, 0: all }) => `${index}-${index + all.length}`)
      if (found.join() !== expected.join()) throw new Error(`${id}: ${found} for ${expected}`)
    }),
    { numRuns: 3_000 },
  )
})

t.test('what could be slow for a backtracking engine is left to RE2', async (t) => {
  for (const pattern of [
    'a+b',
    '(?:a+)+',
    '[a-z]*x',
    'a{2,}-',
    '(?i)abc',
    'a(b)c',
    '\\s',
    'x$',
    '(?:a{3,}|b)c',
    'a+?b',
  ]) {
    t.equal(nativeForm(pattern), null, pattern)
  }
  for (const pattern of ['sk-[\\w-]{20,}', 'a{3}-us\\d{1,2}', 'ab+={0,2}', 'a+|b{2,}', '[*+]x', 'a\\+b']) {
    t.ok(nativeForm(pattern), pattern)
  }
})
