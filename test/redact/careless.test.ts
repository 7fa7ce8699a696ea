import t from 'tap'
import { boundKey } from '../../src/normalize/bound.ts'
import { Notices } from '../../src/normalize/notices.ts'
import { createRedactor, redactSpan, redactText } from '../../src/redact/index.ts'
import { exampleSpan } from './example-span.ts'
import { alnum } from './examples/fake.ts'

const redactor = createRedactor({ idKey: Buffer.alloc(32, 5) })
const read = (text: string) => redactText(text, redactor, 'flow').text

const word = 'correct' + 'horse'
const mixed = 'x9' + 'kTqw72Lm'
const pat = 'ghp' + `_${alnum(36)}`
const bcrypt = '$2b$' + `10$${alnum(53)}`

/** Ways in which people write what must go, each with the part that must be gone. */
const written: Record<string, [text: string, secret: string]> = {
  'environment, letters alone': [`DB_PASSWORD=${word}\nNEXT=1`, word],
  'environment, with what ends a value elsewhere': [`DB_PASSWORD=a1,${word};b&c\nNEXT=1`, word],
  'form, letters alone': [`user=ada&password=${word}&x=1`, word],
  'query, letters alone': [`GET /login?password=${word}`, word],
  'assignment in Go': [`password := "${word}"`, word],
  'block in YAML': [`password: |\n  ${mixed}\n`, mixed],
  'block in YAML in JSON': [JSON.stringify({ file: `password: >-\n  ${mixed}\n` }), mixed],
  'option, one': [`run --password ${mixed} --fast`, mixed],
  'option, its dashes in two pairs': [`go run --password ${mixed}`, mixed],
  'option, nothing before it': [`--db-password ${mixed}`, mixed],
  'option, short': [`--pwd ${mixed}`, mixed],
  'option, quoted': [`run --api-key "${word}"`, word],
  'option in JSON': [JSON.stringify({ cmd: `run --password '${mixed}'` }), mixed],
  'hash with dollars in JSON': [JSON.stringify({ password: bcrypt }), bcrypt.slice(8)],
  'begins like a variable': [JSON.stringify({ password: `$${mixed}` }), mixed],
  'begins like a placeholder': [`API_KEY=my-${mixed}`, mixed],
  'URL with an @ in its password': [`postgres://ada:pa@${mixed}@db/x`, mixed],
  'token in a colour': [`\u001b[1;32m${pat}\u001b[0m`, pat],
  'token in a colour in JSON': [JSON.stringify(`\u001b[32m${pat}`), pat],
  'name and value in colours': [`level=info \u001b[36mpassword=\u001b[0m${mixed} x`, mixed],
}

for (const [name, [text, secret]] of Object.entries(written)) {
  t.test(name, async (t) => {
    const kept = read(text)
    t.notOk(kept.includes(secret), kept)
    t.equal(read(kept), kept, 'redacting twice changes nothing')
  })
}

t.test('what stands for a secret, and code and prose about one, stay', async (t) => {
  for (const text of [
    'password: $PASSWORD',
    `password = "\${DB_PASSWORD}"`,
    'password: {{ vault.password }}',
    'password=<your password>',
    'PASSWORD=$(cat /run/secrets/password)',
    'API_KEY=your-api-key',
    'API_KEY=process.env.API_KEY',
    'secret := os.Getenv("SECRET")',
    'password == other',
    'use --password to be asked, or --token',
    '--password --verbose',
    '| -- password | -- secret |',
    'DB_PASSWORD=\nNEXT=1',
  ]) {
    t.equal(read(text), text)
  }
})

t.test('a name that was cut in the middle of a token does not keep its start', async (t) => {
  for (const least of [8, 20, 30]) {
    const key = boundKey(`${'k'.repeat(246 - 4 - least)} ${pat}${'z'.repeat(60)}`, new Notices())
    t.equal(key.length, 256)
    const { span } = redactSpan(exampleSpan({ attributes: new Map([[key, 'x']]) }), redactor)
    t.notMatch([...span.attributes.keys()].join(), pat.slice(0, 4 + least))
  }
})
