import { pino } from 'pino'
import t from 'tap'
import { createMetrics } from '../../src/metrics.ts'
import { buildAdmin } from '../../src/server.ts'

t.test('health follows the service', async (t) => {
  const metrics = createMetrics()
  let readiness: 'ready' | 'draining' | 'database away' = 'database away'
  const app = await buildAdmin({ log: pino({ level: 'silent' }), metrics, readiness: async () => readiness })
  t.teardown(() => app.close())
  const ask = async (url: string) => {
    const { statusCode, body } = await app.inject({ url })
    return [statusCode, body]
  }
  t.strictSame(await ask('/livez'), [200, '{"status":"alive"}'])
  t.strictSame(await ask('/readyz'), [503, '{"status":"database away"}'])
  t.match((await ask('/metrics'))[1], /^trace_ready 0$/m)
  readiness = 'ready'
  t.strictSame(await ask('/readyz'), [200, '{"status":"ready"}'])
  t.match((await ask('/metrics'))[1], /^trace_ready 1$/m)
  readiness = 'draining'
  t.strictSame(await ask('/readyz'), [503, '{"status":"draining"}'])
  t.equal((await ask('/livez'))[0], 200)
  t.equal((await ask('/v1/traces'))[0], 404)
})

t.test('metrics: pools are asked at each scrape; labels are bounded', async (t) => {
  const metrics = createMetrics()
  let idle = 1
  metrics.watchPools(() => ({ ingest: { total: 4, idle, waiting: 0 } }))
  t.match(await metrics.registry.metrics(), /trace_pool_connections\{pool="ingest",state="idle"\} 1/)
  idle = 3
  t.match(await metrics.registry.metrics(), /trace_pool_connections\{pool="ingest",state="idle"\} 3/)
  const known = new Set([
    'route',
    'method',
    'status',
    'outcome',
    'reason',
    'form',
    'rule',
    'pool',
    'state',
    'direction',
    'action',
    'what',
  ])
  for (const metric of metrics.registry.getMetricsAsArray()) {
    if (!metric.name.startsWith('trace_')) continue
    for (const label of (metric as unknown as { labelNames: string[] }).labelNames)
      t.ok(known.has(label), label)
  }
  t.not(createMetrics().registry, metrics.registry, 'a registry of its own')
})
