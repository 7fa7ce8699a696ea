import t from 'tap'
import { helmIsThere, render } from './chart.ts'

const everything = {
  autoscaling: { enabled: true },
  auth: { mode: 'issuers' },
  config: {
    issuers: [{ issuer: 'https://id.example', jwks_url: 'https://id.example/keys' }],
    limits: { max_body_bytes: 67_108_864 },
  },
  settings: {
    basePath: '/trace',
    corsOrigins: ['https://a.example', 'https://b.example'],
    retentionDays: 30,
  },
  ingress: { enabled: true, host: 'trace.example', tlsSecret: 'certificate' },
  serviceMonitor: { enabled: true },
  preStopSeconds: 10,
}
const least = {
  fullnameOverride: 'trace',
  podDisruptionBudget: { enabled: false },
  migration: { enabled: false },
  networkPolicy: { enabled: false },
  serviceAccount: { create: false },
  grpc: { enabled: false },
}

const kinds = (given: object) => render(given).map(({ kind }) => kind)
const ofKind = (given: object, kind: string) => render(given).find((object) => object.kind === kind)

if (!helmIsThere) {
  t.pass('not rendered: there is no helm on the PATH; chart.test.ts checks the text of the templates')
} else {
  t.test('each set of values makes its objects', async (t) => {
    const always = ['Deployment', 'Service', 'Service']
    t.strictSame(kinds(least).sort(), always)
    const usual = [...always, 'Job', 'NetworkPolicy', 'PodDisruptionBudget', 'ServiceAccount']
    t.strictSame(kinds({}).sort(), usual.sort())
    const more = ['ConfigMap', 'HorizontalPodAutoscaler', 'Ingress', 'ServiceMonitor']
    t.strictSame(kinds(everything).sort(), [...usual, ...more].sort())
  })

  t.test('variables arrive as the service wants them', async (t) => {
    const { spec } = ofKind(everything, 'Deployment').spec.template
    const env = new Map(
      spec.containers[0].env.map(({ name, value }: { name: string; value?: string }) => [name, value]),
    )
    t.equal(env.get('TRACE_CORS_ORIGINS'), 'https://a.example,https://b.example')
    t.equal(env.get('TRACE_RETENTION_DAYS'), '30')
    t.equal(env.get('TRACE_CONFIG'), '/etc/workflow-trace/config.yaml')
    t.notOk(env.has('TRACE_JWT_SECRET'), 'no shared secret beside issuers')
    t.equal(spec.terminationGracePeriodSeconds, 45)
    t.match(ofKind(everything, 'ConfigMap').data['config.yaml'], 'max_body_bytes: 67108864')
    const off = ofKind(least, 'Deployment').spec.template.spec.containers[0].env
    t.strictSame(
      off.find(({ name }: { name: string }) => name === 'TRACE_GRPC_PORT'),
      { name: 'TRACE_GRPC_PORT', value: '' },
    )
  })

  t.test('another configuration is another pod', async (t) => {
    const checksum = (config: object) =>
      ofKind({ config }, 'Deployment').spec.template.metadata.annotations['checksum/config']
    t.not(checksum({ aliases: { a: 'b' } }), checksum({ aliases: { a: 'c' } }))
  })

  t.test('values that contradict each other are refused', async (t) => {
    t.throws(() => render({ auth: { mode: 'issuers' } }), /config\.issuers must name/)
    t.throws(() => render({ config: everything.config }), /only for auth\.mode issuers/)
    t.throws(() => render({ databaseUrl: 'x' }), /databaseUrl/)
  })
}
