import fp from 'fastify-plugin'
import { TimedOut } from '../../errors.ts'

/**
 * Answers 503 when a request takes longer than its route's `handlerTimeout`. Fastify's own timer ends with the
 * request's `close` event, which Node emits as soon as a body was read (5.12.8): so it never fires for an
 * export. A client that times out first would drop the batch.
 */
export const deadline = fp(
  async (app) => {
    app.addHook('onRequest', async (request, reply) => {
      const ms = request.routeOptions.handlerTimeout
      if (ms === undefined || ms <= 0) return
      const timer = setTimeout(() => {
        if (reply.sent || reply.raw.headersSent) return
        const send = reply.send.bind(reply)
        // what the handler says at last is for nobody: Fastify would log it, with the URL and what was searched for in it
        reply.send = (payload) => (reply.sent ? reply : send(payload))
        reply.send(new TimedOut())
      }, ms)
      reply.raw.once('close', () => clearTimeout(timer))
    })
  },
  { name: 'deadline' },
)
