import fc from 'fast-check'
import t from 'tap'
import { createRedactor, redactSpan } from '../../src/redact/index.ts'
import { normalizeKey } from '../../src/redact/key-words.ts'
import { startPass } from '../../src/redact/pass.ts'
import { exampleSpan } from './example-span.ts'
import { alnum } from './examples/fake.ts'

t.test('names are words, whatever they are written with', async (t) => {
  for (const [key, words] of [
    ['X-API-Key', 'x_api_key'],
    ['xApiKey', 'x_api_key'],
    ['openai.apiKey', 'openai_api_key'],
    ['DBPassword2', 'db_password2'],
    ['__a--B..', 'a_b'],
    ['HTTPServerURL', 'http_server_url'],
    ['a1B', 'a1_b'],
    ['', ''],
    ['--', ''],
    ['größeMax', 'gr_e_max'],
  ] as const) {
    t.equal(normalizeKey(key), words, key)
  }
})

t.test('ASCII names are read as any other name is', async (t) => {
  t.plan(1)
  const letter = fc.constantFrom(...'aBcDE1-_. x')
  const names = fc.array(letter, { maxLength: 14 }).map((letters) => letters.join(''))
  // What is not ASCII goes another way, and ends a word.
  fc.assert(fc.property(names, (name) => normalizeKey(name) === normalizeKey(`${name}é`)))
  t.pass()
})

t.test('authorisation is a word of business, unless what it holds looks like a credential', async (t) => {
  const redactor = createRedactor({ idKey: Buffer.alloc(32, 7) })
  const read = (text: string): string => startPass(redactor, null).text(text, redactor.secrets)
  const harmless = [
    '{"at":"2026-11-17T09:14:02Z","authorisation":"88F2A1","amount":"149.90"}',
    'authorisation: 88F2A1',
    'Authorisation: see the letter of 2 May 2026',
    '{"authorisation":{"by":"Ada","on":"2026-05-02"}}',
  ]
  for (const text of harmless) t.equal(read(text), text)
  const secret = alnum(32)
  for (const text of [
    `{"authorisation":"${secret}"}`,
    `authorisation: Bearer ${secret}`,
    `authorisation=${secret}`,
  ]) {
    t.notMatch(read(text), secret)
  }
  for (const value of [secret, `Bearer ${secret}`]) {
    const span = exampleSpan({ attributes: new Map([['http.authorisation', value]]) })
    t.notMatch([...redactSpan(span, redactor).span.attributes.values()].join(), secret)
  }
})
