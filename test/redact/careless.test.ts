import t from 'tap'
import type { AttributeValue } from '../../src/model/attributes.ts'
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
  'word of a schema as a value': [JSON.stringify({ password: { type: mixed } }), mixed],
  'all below a telling name': [JSON.stringify({ credentials: { db: { user: { name: mixed } } } }), mixed],
  'said twice': [JSON.stringify({ password_confirmation: mixed }), mixed],
  'said twice, in a form': [`user[password]=${word}&user[password_confirmation]=${word}`, word],
  'said twice, in camel case': [`passwordConfirmation: ${mixed}`, mixed],
  numbered: [JSON.stringify({ password2: mixed }), mixed],
  'several of them': [JSON.stringify({ passwords: [mixed, { ada: mixed }] }), mixed],
  'secret of Rails': [`SECRET_KEY_BASE=${word}`, word],
  'codes for when the phone is lost': [JSON.stringify({ recovery_codes: [mixed] }), mixed],
  "npm's user and password": [
    `//registry.example.org/:_auth=${Buffer.from(`a:${mixed}`).toString('base64')}`,
    Buffer.from(`a:${mixed}`).toString('base64'),
  ],
  "npm's token": [`//registry.example.org/:_authToken=${mixed}`, mixed],
  "Docker's user and password": [
    JSON.stringify({ file: JSON.stringify({ auth: Buffer.from(`a:${mixed}`).toString('base64') }) }),
    Buffer.from(`a:${mixed}`).toString('base64'),
  ],
  netrc: [`machine api.example.org login ada password ${word}`, word],
  'netrc, line by line': [`machine api.example.org\n  login ada\n  password ${word}\n`, word],
  'netrc in JSON': [JSON.stringify({ f: `machine a.example\n  login ada\n  password ${word}\n` }), word],
  'netrc of all others': [`default login ada password ${word}`, word],
  element: [`<user>ada</user><password>${word}</password>`, word],
  'element of SOAP': [`<wsse:Password Type="http://x#PasswordText">${word}</wsse:Password>`, word],
  'element in JSON': [JSON.stringify(`<password>${word}</password>`).replaceAll('/', '\\/'), word],
  'name and value': [JSON.stringify([{ name: 'DB_PASSWORD', value: word }]), word],
  'name and value in YAML': [`- name: DB_PASSWORD\n  value: ${word}`, word],
  'key and value in XML': [`<add key="Password" value="${word}"/>`, word],
  'environment of a Dockerfile': [`FROM x\nENV DB_PASSWORD ${word}\n`, word],
  'statement of SQL': [`ALTER ROLE ada WITH PASSWORD '${word}'`, word],
  'statement of SQL that makes a role': [`CREATE ROLE ada LOGIN PASSWORD '${word}'`, word],
  'statement of SQL that sets one': [`SET PASSWORD FOR 'ada'@'%' = '${word}'`, word],
  'option and value in an array': [JSON.stringify({ args: ['--password', mixed] }), mixed],
  'option and value in an array in JSON': [
    JSON.stringify({ a: JSON.stringify(['--api-key', `${word} ${mixed}`]) }),
    mixed,
  ],
  'below its name in YAML': [`password:\n  value: ${mixed}\n`, mixed],
  'below its name in YAML, quoted': [`db:\n  password:\n    value: '${word}' # old\n`, word],
  'below its name in YAML in JSON': [JSON.stringify({ f: `password:\r\n  value: ${mixed}\r\n` }), mixed],
  'below its name in YAML, alone': [`- password:\n    ${mixed}`, mixed],
  'below its name in YAML, a list': [`passwords:\n  - name: ada\n  - ${mixed}`, mixed],
  'below its name in YAML, the third': [`credentials:\n  a: b\n  c:\n    d: ${mixed}\nhost: x`, mixed],
  'option, letters alone': [`docker login --username ada --password ${word}`, word],
  'option, letters alone, before a host': [`docker login -u ada --password ${word} ghcr.io`, word],
  'option, letters alone, in JSON': [JSON.stringify({ cmd: `gpg --passphrase ${word} -d f` }), word],
  'option with =, letters alone': [`wget --user=ada --password=${word} https://a.example`, word],
  'option of Java': [`influx -username ada -password ${mixed}`, mixed],
  'YAML, letters alone': [`db:\n  host: db.local\n  password: ${word}\n`, word],
  'YAML, letters alone, the first': [`password: ${word}\nport: 5432\n`, word],
  'YAML, letters alone, nothing else': [`password: ${word}`, word],
  'YAML, letters alone, in JSON': [JSON.stringify({ f: `db:\n  user: ada\n  password: ${word}\n` }), word],
  'environment in YAML, letters alone': [`    environment:\n      POSTGRES_PASSWORD: ${word}\n`, word],
  'INI, letters alone': [`[pypi]\nusername = __token__\npassword = ${word}\n`, word],
  'INI without blanks, letters alone': [`[client]\nuser=root\npassword=${word}\n`, word],
  'connection string, letters alone': [
    `jdbc:sqlserver://db:1433;user=sa;password=${word};encrypt=true`,
    word,
  ],
  'words of a command, letters alone': [`vault kv put secret/db password=${word}`, word],
  'value of a chart': [`helm install x y --set auth.password=${word},a=b`, word],
  'environment, PASS': [`SMTP_PASS=${word}\nNEXT=1`, word],
  'environment, short token': [`VAULT_TOKEN=${mixed}\n`, mixed],
  'name and value of a key': [JSON.stringify({ env: [{ name: 'API_KEY', value: word }] }), word],
  'name and value of a key in JSON': [
    JSON.stringify({ a: JSON.stringify({ key: 'API_KEY', value: word }) }),
    word,
  ],
  'name and value of a token in YAML': [`- name: GITHUB_TOKEN\n  value: ${mixed}`, mixed],
  'name and value of a header': [
    JSON.stringify([{ name: 'Authorization', value: `Bearer ${mixed}` }]),
    mixed,
  ],
  'bold in Markdown': [`**API key:** ${mixed}`, mixed],
  'bold in Markdown, colon outside': [`- **Password**: ${mixed}`, mixed],
  'row of a Markdown table': [`| User | ada |\n| Password | ${mixed} |\n`, mixed],
  'row of a Markdown table, as code': [`|user|\n| DB password | \`${mixed}\` |`, mixed],
  'row of a Markdown table in JSON': [
    JSON.stringify({ text: `|a|b|\n| \`DB_PASSWORD\` | ${mixed} | x |` }),
    mixed,
  ],
  'typed into a field': [JSON.stringify({ element: 'Password field', ref: 'e5', text: word }), word],
  'typed into a field by its selector': [
    JSON.stringify({ selector: 'input[name=password]', text: word }),
    word,
  ],
  'typed by a script': [`await page.fill('#password', '${word}')`, word],
  'typed by a script, by its label': [`await page.getByLabel('Password').fill('${word}')`, word],
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
    '| password | string | yes | of the user |',
    '| password | the 2 words of the user |',
    '| password | VARCHAR2(255) |',
    '| password | varchar2 |\n| Password | SHA-256 |',
    '| password | min8 | max64 |',
    '| Password | OAuth2 | SSO |',
    '| User | Password | Role2 |\n|---|---|---|',
    '| password | [redacted:password] |',
    '| password |\n| hunter22 |',
    '| password | 8-64chars |',
    'grep -i password | head2tail | sort',
    'DB_PASSWORD=\nNEXT=1',
    JSON.stringify({ password: { type: 'string', description: 'of the user', minLength: 8 } }),
    JSON.stringify({ properties: { password_confirmation: { type: 'string' } } }),
    'Your password confirmation does not match; by default password resets take an hour.',
    'machine learning password managers, and a login page with password protection',
    'enter <password> and then <user>, as in mysql -p <password>',
    '<label>password</label>',
    'the environment variable ENV password-less login',
    'DEFAULT PASSWORD policy: at least 12 characters',
    `- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef: db`,
    '{"name":"password","type":"string"}',
    'the user said their password "must be longer"',
    'password:\n  type: string\n  description: of2the3user\n',
    'password:\nhost: a1b2c3d4',
    'credentials:\n  user: ada\nhost: a1b2c3d4',
    '  password:\n    valueFrom:\n      secretKeyRef:\n        name: db-4creds\n        key: pass1word',
    'Choose a password:\n  - at least 12 characters\n  - one2two',
    'Password:\n  at least 12 characters',
    'password:\n  ${DB_PASSWORD1}',
    JSON.stringify({ args: ['--password', '--verbose', '--token'] }),
    "The login password 'must be longer'",
    'run it with --password flag, or use --password only once',
    'usage: tool --password <password> --token TOKEN',
    'the option --password (required)',
    'interface Login {\n  username: string\n  password: Buffer\n}',
    'const login = {\n  username: name,\n  password: hashOf,\n}',
    'login(\n    user=user,\n    password=typed\n)',
    'connect(user=user, password=typed, host=host)',
    'Please enter your password: afterwards press return',
    'username: required\npassword: required\n',
    'password: missing',
    'existingSecret: database-of-the-service',
    'password = userPassword\nsecret = load(name)',
    JSON.stringify([{ name: 'LEVEL', value: 'debug2trace' }]),
    JSON.stringify({ name: 'token', value: 'optional' }),
    JSON.stringify({ element: 'Password field', text: 'Enter your password here' }),
    '**Password:** must be at least 12 characters',
    'page.fill(password, other)',
    'tests_pass: 12\nbypass=anything',
    'auth="none"',
    '"auth": "required-for-all-of-them"',
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

t.test('attributes: names and values of lists, modified names, and counts', async (t) => {
  const attributes = new Map<string, AttributeValue>([
    [
      'env',
      [
        new Map([
          ['name', 'DB_PASSWORD'],
          ['value', word],
        ]),
        new Map([
          ['name', 'LEVEL'],
          ['value', 'debug'],
        ]),
      ],
    ],
    ['password', new Map<string, AttributeValue>([['type', mixed]])],
    ['user.passwordConfirmation', word],
    ['SECRET_KEY_BASE', word],
    ['_auth', Buffer.from(`a:${mixed}`).toString('base64')],
    ['_authToken', word],
    [
      'tool',
      new Map<string, AttributeValue>([
        [
          'password',
          new Map([
            ['type', 'string'],
            ['description', 'of the user'],
          ]),
        ],
      ]),
    ],
    [
      'optional',
      new Map<string, AttributeValue>([
        ['token', new Map<string, AttributeValue>([['type', ['string', 'null']]])],
      ]),
    ],
    [
      'usage',
      new Map<string, AttributeValue>([
        ['access_token_count', 7n],
        ['password_tokens', 17n],
        ['refresh_tokens', 2n],
      ]),
    ],
    ['gen_ai.usage.input_tokens', 1200n],
    ['gen_ai.usage.cache_read.input_tokens', '1100'],
    ['llm.token_count.prompt', 4n],
    ['max_tokens', 4096n],
    ['stop_token', 'end-of-text-1a2b3c4d'],
  ])
  const { span } = redactSpan(exampleSpan({ attributes }), redactor)
  const kept = JSON.stringify([...span.attributes], (_, value) =>
    value instanceof Map ? Object.fromEntries(value) : typeof value === 'bigint' ? Number(value) : value,
  )
  for (const secret of [word, mixed, Buffer.from(`a:${mixed}`).toString('base64')])
    t.notOk(kept.includes(secret))
  for (const key of [
    'tool',
    'optional',
    'usage',
    'gen_ai.usage.input_tokens',
    'gen_ai.usage.cache_read.input_tokens',
    'llm.token_count.prompt',
    'max_tokens',
    'stop_token',
  ]) {
    t.strictSame(span.attributes.get(key), attributes.get(key), key)
  }
  t.match(span.attributes.get('env'), [
    new Map([['value', '[redacted:password]']]),
    new Map([['value', 'debug']]),
  ])
})
