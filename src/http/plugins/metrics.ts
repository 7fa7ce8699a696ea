import fp from 'fastify-plugin'
import type { Metrics } from '../../metrics.ts'

const outcomes = new Map([
  [401, 'unauthenticated'],
  [403, 'denied'],
  [404, 'missing'],
  [429, 'limited'],
  [503, 'unavailable'],
])

/** Counts and times every answer by its route's pattern. */
export const requestMetrics = fp<{ metrics: Metrics }>(
  async (app, { metrics }) => {
    app.addHook('onResponse', async (request, reply) => {
      const route = request.routeOptions.url ?? 'none'
      metrics.requests.inc({ route, method: request.method, status: reply.statusCode })
      metrics.requestSeconds.observe({ route }, reply.elapsedTime / 1000)
    })
  },
  { name: 'request-metrics' },
)

/** Counts the reads of a scope by their outcome. */
export const readMetrics = fp<{ metrics: Metrics }>(
  async (app, { metrics }) => {
    app.addHook('onResponse', async (request, reply) => {
      metrics.reads.inc({ route: request.routeOptions.url ?? 'none', outcome: outcomeOf(reply.statusCode) })
    })
  },
  { name: 'read-metrics' },
)

function outcomeOf(status: number): string {
  return outcomes.get(status) ?? (status < 400 ? 'ok' : status < 500 ? 'invalid' : 'error')
}
