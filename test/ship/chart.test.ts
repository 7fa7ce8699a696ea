import t from 'tap'
import Schema from 'typebox/schema'
import { loadConfig } from '../../src/config.ts'
import { ConfigFile } from '../../src/config-file.ts'
import { drainDelay } from '../../src/main.ts'
import { about, read, schema, templates, values, valuesText } from './chart.ts'

const validator = Schema.Compile(schema)
const accepts = (given: object) => validator.Check(given)
const defaults = loadConfig({ env: {} })

/** The variables that the configuration asks for. */
const variables = new Set<string>()
loadConfig({
  env: new Proxy({} as Record<string, string>, {
    get: (_, name) => void variables.add(String(name)),
  }),
})

t.test('the schema accepts the defaults, and with them changed refuses what is wrong', async (t) => {
  t.ok(accepts(values))
  t.ok(accepts({ ...values, auth: { ...values.auth, mode: 'jwks', jwksUrl: 'https://id.example/keys' } }))
  const wrong: Record<string, unknown>[] = [
    { unknown: 1 },
    { replicaCount: '2' },
    { image: { repository: '' } },
    { image: { tags: 'x' } },
    { database: { url: 'postgres://somebody:something@host/db' } },
    { auth: { mode: 'none' } },
    { auth: { mode: 'jwks', jwksUrl: '' } },
    { auth: { mode: 'jwks', jwksUrl: 'http://id.example' } },
    { settings: { retentionDays: 0 } },
    { config: { dashboard: [] } },
    { ingress: { enabled: true, host: '' } },
    { extraEnv: [{ name: 'DATABASE_URL', value: 'x' }] },
  ]
  for (const change of wrong) t.notOk(accepts({ ...values, ...change }), JSON.stringify(change))
})

t.test('schema and values have the same keys at every level, and every value has a comment', async (t) => {
  type Node = { $ref?: string; properties?: Record<string, Node>; additionalProperties?: unknown }
  const walk = (node: Node, value: unknown, path: string) => {
    const found: Node = node.$ref ? schema.definitions[node.$ref.split('/').at(-1) ?? ''] : node
    if (found.properties === undefined || path === '/config') return
    t.equal(found.additionalProperties, false, `${path || '/'} takes nothing unknown`)
    const known = Object.keys(found.properties).filter((key) => key !== 'global')
    t.strictSame(Object.keys(value as object).sort(), known.sort(), path || '/')
    for (const key of known) {
      walk(found.properties[key] ?? {}, (value as Record<string, unknown>)[key], `${path}/${key}`)
    }
  }
  walk(schema, values, '')
  // A block of lines is documented by the comment above its first one.
  const blocks = valuesText.split(/\n\n/).slice(1)
  for (const block of blocks) t.match(block, /#/, `${block.split('\n', 1)[0]} says what it is`)
})

t.test('values.config has the keys of TRACE_CONFIG', async (t) => {
  const types = (properties: object) =>
    Object.entries(properties).map(([key, { type }]: [string, { type?: string }]) => `${key}: ${type}`)
  t.strictSame(types(schema.properties.config.properties).sort(), types(ConfigFile.properties).sort())
})

t.test('every variable that a template sets is one that the service reads', async (t) => {
  const set = [...templates.matchAll(/^\s*- name: ([A-Z][A-Z0-9_]+)$/gm)].map(([, name]) => name ?? '')
  t.ok(set.includes('DATABASE_URL') && set.includes('TRACE_JWT_SECRET'))
  for (const name of set) t.ok(variables.has(name), name)
  // What the chart decides itself, and what it leaves to a folder that an image does not have.
  const notSet = [...variables].filter((name) => !set.includes(name))
  t.strictSame(notSet.sort(), ['NODE_ENV', 'PORT', 'TRACE_ADMIN_PORT', 'TRACE_DATA_DIR'])
})

t.test('secrets come by reference, and no value is one', async (t) => {
  for (const name of ['DATABASE_URL', 'TRACE_JWT_SECRET']) {
    t.match(templates, new RegExp(`- name: ${name}\\n\\s+valueFrom:\\n\\s+secretKeyRef:`), name)
    t.notMatch(templates, new RegExp(`- name: ${name}\\n\\s+value:`), name)
  }
  t.notMatch(templates, /^kind: Secret$/m)
  const urls = [...`${valuesText}${templates}`.matchAll(/postgres:\/\/[^\s]+/g)].map(([url]) => url)
  t.strictSame([...new Set(urls)].length, 1)
  t.match(urls[0], /^postgres:\/\/user:password@host:5432\//, 'only the pattern of the documentation')
})

t.test('ports, probes and patience are those of the process', async (t) => {
  const ports = [...templates.matchAll(/containerPort: (\d+)/g)].map(([, port]) => Number(port))
  t.strictSame(ports, [defaults.port, defaults.adminPort, 4317])
  t.equal(values.service.port, defaults.port)
  t.match(templates, `port: ${defaults.adminPort}\n      targetPort: admin`)
  for (const [probe, path] of [
    ['startup', '/livez'],
    ['liveness', '/livez'],
    ['readiness', '/readyz'],
  ]) {
    t.match(templates, new RegExp(`${probe}Probe:\\n\\s+httpGet: \\{ path: ${path}, port: admin \\}`))
  }
  const [, period, failures] =
    /readinessProbe:[^}]+\}\s+periodSeconds: (\d+)[\s\S]*?failureThreshold: (\d+)/.exec(templates) ?? []
  t.ok(Number(period) * Number(failures) * 1_000 < drainDelay(false), 'not ready before the listener closes')
  const [, deadline = ''] = /deadlineMs = ([\d_]+)/.exec(read('src/signals.ts')) ?? []
  const [, grace] =
    /terminationGracePeriodSeconds: \{\{ add \.Values\.preStopSeconds (\d+) \}\}/.exec(templates) ?? []
  t.ok(Number(grace) * 1_000 > Number(deadline.replaceAll('_', '')), 'killed only after its own deadline')
})

t.test('every pod is locked down', async (t) => {
  const pods = templates.match(/include "workflow-trace\.pod"/g)?.length
  t.equal(pods, templates.match(/^\s+containers:$/gm)?.length)
  t.equal(pods, templates.match(/include "workflow-trace\.container"/g)?.length)
  for (const line of [
    'automountServiceAccountToken: false',
    'enableServiceLinks: false',
    'runAsNonRoot: true',
    'type: RuntimeDefault',
    'allowPrivilegeEscalation: false',
    'readOnlyRootFilesystem: true',
    'drop: [ALL]',
  ]) {
    t.match(templates, line)
  }
  const [, uid] = /runAsUser: (\d+)/.exec(templates) ?? []
  t.match(read('Dockerfile'), `USER ${uid}:${uid}`, 'the account of the image')
})

t.test('chart and package have one version', async (t) => {
  t.equal(String(about.appVersion), JSON.parse(read('package.json')).version)
})
