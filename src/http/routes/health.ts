import type { FastifyPluginAsync } from 'fastify'
import type { Logger } from '../../log.ts'
import type { Metrics } from '../../metrics.ts'

/** What the admin listener works with: it is there before the store is. */
export interface AdminParts {
  log: Logger
  metrics: Metrics
  readiness: () => Promise<'ready' | 'draining' | 'database away'>
}

/**
 * The admin listener's routes. `/livez`: the process answers. `/readyz`: it may have traffic; 503 until the
 * store is ready, while Postgres is away, and from the first signal on. `/metrics`: Prometheus text.
 */
export const health: FastifyPluginAsync<{ parts: AdminParts }> = async (
  app,
  { parts: { metrics, readiness } },
) => {
  app.get('/livez', async () => ({ status: 'alive' }))
  app.get('/readyz', async (_request, reply) => {
    const status = await readiness()
    return reply.code(status === 'ready' ? 200 : 503).send({ status })
  })
  app.get('/metrics', async (_request, reply) => {
    metrics.ready.set((await readiness()) === 'ready' ? 1 : 0)
    return reply.header('content-type', metrics.registry.contentType).send(await metrics.registry.metrics())
  })
}
