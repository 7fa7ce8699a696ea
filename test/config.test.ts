import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import t from 'tap'
import { type Config, ConfigError, loadConfig } from '../src/config.ts'

type Env = Record<string, string>
const secret = 's'.repeat(32)
const folder = mkdtempSync(join(tmpdir(), 'trace-config-'))
t.teardown(() => rmSync(folder, { recursive: true }))

const load = (env: Env): Config => loadConfig({ env })

function yaml(text: string): Env {
  const path = join(folder, `${Math.random()}.yaml`)
  writeFileSync(path, text)
  return { TRACE_CONFIG: path }
}

/** What the start says; empty when it goes well. */
function wrong(env: Env): readonly string[] {
  try {
    load(env)
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.sentences
  }
}

t.test('nothing is needed', async (t) => {
  const config = load({})
  t.match(config, {
    host: '127.0.0.1',
    port: 4318,
    adminPort: 9464,
    grpcPort: 4317,
    grpcPortGiven: false,
    basePath: '',
    databaseUrl: null,
    jwtSecret: null,
    jwtIssuer: 'workflow-trace',
    jwtAudience: 'workflow-trace',
    logLevel: 'info',
    retentionDays: null,
    signArtifactIds: false,
    maxBodyBytes: 20 * 1024 * 1024,
  })
  t.equal(config.dataDir, resolve('.data'))
  t.equal(config.ingestThreads, availableParallelism() > 1 ? 1 : 0, 'a thread for a second processor')
  t.strictSame(config.issuers, [])
  t.ok(Object.isFrozen(config))
  t.equal(load({ PORT: '', TRACE_JWT_SECRET: ' ' }).port, 4318, 'empty is unset')
})

t.test('with keys it listens to everybody', async (t) => {
  t.equal(load({ TRACE_JWT_SECRET: secret }).host, '0.0.0.0')
  t.equal(load({ TRACE_JWKS_URL: 'https://id.example/jwks' }).host, '0.0.0.0')
  t.equal(load({ TRACE_JWT_SECRET: secret, HOST: '127.0.0.1' }).host, '127.0.0.1')
})

t.test('each wrong value is one line that begins with its variable', async (t) => {
  const table: [Env, string][] = [
    [{ PORT: 'x' }, 'PORT'],
    [{ PORT: '65536' }, 'PORT'],
    [{ PORT: '-1' }, 'PORT'],
    [{ PORT: '1e3' }, 'PORT'],
    [{ TRACE_ADMIN_PORT: '4318' }, 'TRACE_ADMIN_PORT'],
    [{ TRACE_GRPC_PORT: '4317.5' }, 'TRACE_GRPC_PORT'],
    [{ HOST: 'http://x' }, 'HOST'],
    [{ DATABASE_URL: 'mysql://root:hunter2@db/x' }, 'DATABASE_URL'],
    [{ DATABASE_URL: 'hunter2' }, 'DATABASE_URL'],
    [{ TRACE_JWT_SECRET: 's'.repeat(31) }, 'TRACE_JWT_SECRET'],
    [{ TRACE_JWT_SECRET: secret, TRACE_JWKS_URL: 'https://id.example/jwks' }, 'TRACE_JWT_SECRET'],
    [{ TRACE_JWKS_URL: 'http://id.example/jwks' }, 'TRACE_JWKS_URL'],
    [{ TRACE_JWKS_URL: 'http://127.0.0.1.evil.example/jwks' }, 'TRACE_JWKS_URL'],
    [{ TRACE_JWKS_URL: 'https://user:hunter2@id.example/jwks' }, 'TRACE_JWKS_URL'],
    [{ TRACE_JWKS_URL: 'ftp://id.example/jwks' }, 'TRACE_JWKS_URL'],
    [{ NODE_ENV: 'production' }, 'TRACE_JWT_SECRET'],
    [{ TRACE_CORS_ORIGINS: 'https://a.example,https://b.example/' }, 'TRACE_CORS_ORIGINS'],
    [{ TRACE_CORS_ORIGINS: 'null' }, 'TRACE_CORS_ORIGINS'],
    [{ TRACE_BASE_PATH: 'trace' }, 'TRACE_BASE_PATH'],
    [{ TRACE_BASE_PATH: '/a//b' }, 'TRACE_BASE_PATH'],
    [{ TRACE_BASE_PATH: '/<script>' }, 'TRACE_BASE_PATH'],
    [{ TRACE_LOG_LEVEL: 'loud' }, 'TRACE_LOG_LEVEL'],
    [{ TRACE_RETENTION_DAYS: '0' }, 'TRACE_RETENTION_DAYS'],
    [{ TRACE_SIGN_ARTIFACT_IDS: 'maybe' }, 'TRACE_SIGN_ARTIFACT_IDS'],
    [{ TRACE_CONFIG: join(folder, 'missing.yaml') }, 'TRACE_CONFIG'],
    [{ DATABASE_URL: 'hunter2' }, 'DATABASE_URL'],
    [{ DATABASE_URL: 'host=db password=hunter2' }, 'DATABASE_URL'],
    [{ DATABASE_URL: 'postgres://ada:hunter2@db:port/trace' }, 'DATABASE_URL'],
    [{ DATABASE_URL: 'postgres://ada:hash#hunter2@db/trace' }, 'DATABASE_URL'],
  ]
  for (const [env, name] of table) {
    const sentences = wrong(env)
    t.equal(sentences.length, 1, JSON.stringify(env))
    t.ok(sentences[0]?.startsWith(`${name}: `), sentences[0] ?? 'nothing')
    t.notMatch(sentences[0] ?? '', /hunter2|\n/)
  }
})

t.test('everything that is wrong is said at once', async (t) => {
  const sentences = wrong({ PORT: 'x', TRACE_LOG_LEVEL: 'loud', NODE_ENV: 'production' })
  t.strictSame(
    sentences.map((sentence) => sentence.split(':', 1)[0]),
    ['TRACE_JWT_SECRET', 'TRACE_LOG_LEVEL', 'PORT'],
  )
})

t.test('production starts with configured keys, and migrates without', async (t) => {
  const production = { NODE_ENV: 'production' }
  t.equal(load({ ...production, TRACE_JWT_SECRET: secret }).jwtSecret, secret)
  t.equal(load({ ...production, TRACE_JWKS_URL: 'https://id.example/jwks' }).issuers.length, 1)
  t.equal(loadConfig({ env: production, keysNeeded: false }).jwtSecret, null)
})

t.test('values are read', async (t) => {
  const config = load({
    PORT: '0',
    TRACE_ADMIN_PORT: '0',
    TRACE_BASE_PATH: '/tools/trace/',
    TRACE_CORS_ORIGINS: 'https://a.example, http://localhost:5173',
    TRACE_JWKS_URL: 'http://127.0.0.1:8080/jwks',
    TRACE_RETENTION_DAYS: '30',
    TRACE_SIGN_ARTIFACT_IDS: 'TRUE',
    TRACE_METRICS_WORKFLOWS: 'a,b',
    TRACE_INGEST_THREADS: '0',
  })
  t.equal(config.port, 0)
  t.equal(config.basePath, '/tools/trace')
  t.strictSame(config.corsOrigins, ['https://a.example', 'http://localhost:5173'])
  t.match(config.issuers[0], { issuer: 'workflow-trace', algorithms: ['RS256', 'ES256', 'EdDSA'] })
  t.equal(config.retentionDays, 30)
  t.equal(config.signArtifactIds, true)
  t.strictSame(config.metricsWorkflows, ['a', 'b'])
  t.equal(config.ingestThreads, 0)
})

t.test('the file is read', async (t) => {
  const config = load(
    yaml(`
dashboards:
  - { name: Grafana, url: 'https://g.example/{trace_id}' }
  - { name: Logs, url: 'https://l.example/{span_id}', where: span }
aliases: { invoices: 0b5c, __proto__: x }
roles: { viewer: [traces:read], operator: [traces:read, content:read] }
redaction:
  personal_data: ingest
  rules: [{ name: badge, pattern: 'B-\\d{6}', keywords: [B-] }]
  workflows: [{ match: 'hr*', content: none }]
limits: { max_body_bytes: 33554432 }
claims: { workflows: flows }
issuers:
  - issuer: https://id.example
    jwks_url: https://id.example/jwks
    workspace: acme
    algorithms: [ES256]
    claims: { roles: realm_access.roles }
  - { issuer: 'https://two.example', jwks_url: 'https://two.example/jwks', workspaces: ['two-*'], audience: two }
frame_ancestors: [https://canvas.example]
`),
  )
  t.strictSame(config.dashboards[0], { name: 'Grafana', url: 'https://g.example/{trace_id}', where: null })
  t.equal(config.dashboards[1]?.where, 'span')
  t.strictSame([...config.aliases.keys()].sort(), ['__proto__', 'invoices'])
  t.strictSame(config.roles.get('operator'), ['traces:read', 'content:read'])
  t.equal(config.maxBodyBytes, 32 * 1024 * 1024)
  t.match(config.redaction, { personal: 'ingest', workflows: [{ match: 'hr*', content: 'none' }] })
  t.strictSame(config.redaction.custom, [{ id: 'badge', pattern: 'B-\\d{6}', keywords: ['B-'] }])
  t.match(config.issuers, [
    { issuer: 'https://id.example', audience: 'workflow-trace', workspace: 'acme', algorithms: ['ES256'] },
    { audience: 'two', workspace: null, workspaces: ['two-*'] },
  ])
  t.strictSame(config.issuers[0]?.claims, {
    workspace: 'workspace',
    workflows: 'flows',
    scope: 'scope',
    roles: 'realm_access.roles',
  })
  t.equal(load(yaml('')).jwtSecret, null, 'an empty file says nothing')
})

t.test('what the file may not say is refused with its path', async (t) => {
  const table: [string, RegExp][] = [
    ['redacton: {}', /unknown key redacton$/],
    ['redaction: { rules: [{ name: a, pattern: b, flags: g }] }', /unknown key redaction\.rules\.0\.flags/],
    ['limits: { max_body_bytes: 67108865 }', /limits\.max_body_bytes/],
    ['limits: { max_body_bytes: big }', /limits\.max_body_bytes/],
    ['roles: { viewer: [traces:raed] }', /roles\.viewer\.0 must be "traces:write" or /],
    ['dashboards: [{ name: x, url: "http://x.example" }]', /dashboards\.0\.url/],
    ['dashboards: [{ name: x, url: "javascript:alert(1)" }]', /dashboards\.0\.url/],
    ['issuers: [{ issuer: a, jwks_url: "http://a.example" }]', /issuers\.0\.jwks_url/],
    ['issuers: [{ issuer: a, jwks_url: "https://a.example", algorithms: [HS256] }]', /algorithms\.0/],
    ['issuers: [{ issuer: a, jwks_url: "https://a.example", algorithms: [none] }]', /algorithms\.0/],
    ['issuers: [{ issuer: a, jwks_url: "https://a.example", workspace: a, workspaces: [b] }]', /not both/],
    ['[]', /the file must be object/],
    ['a: [', /cannot be read: .* at line 1, column \d/],
    ['a: *hunter2', /cannot be read: an alias/],
    ['a: !hunter2 x\nb: [', /cannot be read/],
    ['hunter2: 1\nhunter2: 2', /cannot be read: duplicate key at line 2/],
    ['a: "hunter2', /cannot be read/],
    ['a: hunter2: b', /cannot be read/],
  ]
  for (const [text, expected] of table) {
    const sentences = wrong(yaml(text))
    t.equal(sentences.length, 1, `${text}: ${sentences.join(' | ')}`)
    t.match(sentences[0], expected)
    t.ok(sentences[0]?.startsWith('TRACE_CONFIG: '))
    t.notMatch(sentences[0] ?? '', /hunter2|\n/)
  }
  const twice = 'issuers: [{ issuer: a, jwks_url: "https://a" }, { issuer: a, jwks_url: "https://b" }]'
  t.match(wrong(yaml(twice)), ['TRACE_CONFIG: issuers.1.issuer is configured twice'])
  const withSecret = { ...yaml('issuers: [{ issuer: a, jwks_url: "https://a" }]'), TRACE_JWT_SECRET: secret }
  t.match(wrong(withSecret), [/^TRACE_JWT_SECRET: /])
})

t.test('a database may be reached by a unix socket', async (t) => {
  const url = 'postgresql://trace@/trace?host=%2Frun%2Fpostgresql'
  t.equal(loadConfig({ env: { DATABASE_URL: url, TRACE_JWT_SECRET: 'x'.repeat(32) } }).databaseUrl, url)
})
