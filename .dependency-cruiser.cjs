// The direction of dependencies, checked in CI: pure core inside, I/O at the edges.
const pure = '^src/(model|otlp|normalize|redact|tree)/|^src/access/policy'

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'pure-core-has-no-io',
      comment: 'decode, normalize, redact and tree are functions of their input',
      severity: 'error',
      from: { path: pure },
      to: { path: '^src/(store|http|live|runner|demo|tab)/|^src/(main|cli|server|config|metrics|log)' },
    },
    {
      name: 'pure-core-imports-no-node-io',
      severity: 'error',
      from: { path: pure },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(buffer|zlib|crypto|util)$' },
    },
    {
      name: 'only-store-talks-to-postgres',
      severity: 'error',
      from: { pathNot: '^src/store/' },
      to: { path: 'node_modules/(pg|kysely)/' },
    },
    {
      name: 'only-http-talks-to-fastify',
      severity: 'error',
      from: { pathNot: '^src/(http/|server\\.ts)' },
      to: { path: 'node_modules/(fastify|@fastify)/', pathNot: 'node_modules/@fastify/error/' },
    },
    {
      name: 'only-grpc-talks-grpc',
      severity: 'error',
      from: { pathNot: '^src/grpc/' },
      to: { path: 'node_modules/@grpc/' },
    },
    {
      name: 'store-knows-no-http',
      severity: 'error',
      from: { path: '^src/store/' },
      to: { path: '^src/(http|grpc|ingest|live|runner|demo|tab)/' },
    },
    {
      name: 'the-walk-knows-no-door',
      comment: 'HTTP, gRPC and explain share it',
      severity: 'error',
      from: { path: '^src/ingest/' },
      to: { path: '^src/(http|grpc|live|runner|demo|tab)/' },
    },
    {
      name: 'runner-stands-alone',
      comment: 'workflow runners import it: it must not drag the service in',
      severity: 'error',
      from: { path: '^src/runner/' },
      to: { path: '^src/', pathNot: '^src/runner/' },
    },
    {
      name: 'tab-imports-only-types',
      severity: 'error',
      from: { path: '^src/tab/' },
      to: { path: '^src/', pathNot: '^src/tab/', dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
    },
  },
}
