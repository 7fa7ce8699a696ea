import rateLimit from '@fastify/rate-limit'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { TooManyRequests } from '../../errors.ts'
import { limits } from '../../limits.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** What each subject has read, and been refused, in this window: one count for all doors. */
    readCounters: Record<'reads' | 'refusals', ReturnType<FastifyInstance['createRateLimit']>>
  }
}

/** The counters of `readRateLimit`: registered once, above everything that reads. */
export const readCounters = fp(
  async (app) => {
    await app.register(rateLimit, { global: false })
    const timeWindow = limits.readWindowMs
    const keyGenerator = ({ principal }: FastifyRequest) => `${principal.workspace}\0${principal.subject}`
    app.decorate('readCounters', {
      reads: app.createRateLimit({ max: limits.readsPerWindow, timeWindow, keyGenerator }),
      refusals: app.createRateLimit({ max: limits.refusalsPerWindow, timeWindow, keyGenerator }),
    })
  },
  { name: 'read-counters' },
)

/**
 * Reads per subject, counted in this process: many in a burst, and fewer that end in a refusal, so that ids cannot
 * be tried out quickly. By subject and not by address: behind a proxy everybody has the same one. Registered in the
 * scope that authenticates; exports are bounded by the bytes they hold instead (admission).
 */
export const readRateLimit = fp(
  async (app) => {
    const { reads, refusals } = app.readCounters
    app.addHook('onRequest', async (request) => {
      // a signed id speaks for nobody, and opens one artifact
      if (request.principal === null) return
      const [all, refused] = await Promise.all([reads(request), refusals(request, { increment: false })])
      if ((!all.isAllowed && all.isExceeded) || (!refused.isAllowed && refused.isExceeded)) {
        throw new TooManyRequests()
      }
    })
    app.addHook('onResponse', async (request, reply) => {
      if (request.principal !== null && (reply.statusCode === 403 || reply.statusCode === 404)) {
        await refusals(request)
      }
    })
  },
  { name: 'read-rate-limit', dependencies: ['read-counters'] },
)
