import fp from 'fastify-plugin'
import type { Store } from '../../store/index.ts'

/** Everything that a request reads is held to its principal by the server as well, where row-level security is on. */
export const secondWall = fp<{ store: Pick<Store, 'within'> }>(
  async (app, { store }) => {
    // Not an async function: what follows must run inside.
    app.addHook('preHandler', (request, _reply, done) => {
      store.within(request.principal, () => done()).catch(done)
    })
  },
  { name: 'second-wall' },
)
