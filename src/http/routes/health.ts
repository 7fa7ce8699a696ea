import type { FastifyPluginAsync } from 'fastify'
import type { Parts } from '../parts.ts'

/**
 * The admin listener's routes. `/livez`: the process answers. `/readyz`: it may have traffic; 503 until the
 * store is ready, while Postgres is away, and from the first signal on. `/metrics`: Prometheus text.
 */
export const health: FastifyPluginAsync<{ parts: Pick<Parts, 'metrics' | 'store' | 'draining'> }> = async (
  app,
  { parts: { metrics, store, draining } },
) => {
  const state = () => (draining() ? 'draining' : store.ready() ? 'ready' : 'database away')

  app.get('/livez', async () => ({ status: 'alive' }))
  app.get('/readyz', async (_request, reply) => {
    const status = state()
    return reply.code(status === 'ready' ? 200 : 503).send({ status })
  })
  app.get('/metrics', async (_request, reply) => {
    metrics.ready.set(state() === 'ready' ? 1 : 0)
    return reply.header('content-type', metrics.registry.contentType).send(await metrics.registry.metrics())
  })
}
