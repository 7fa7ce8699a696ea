import fp from 'fastify-plugin'
import { storedPatterns } from '../../access/grant.ts'
import type { Store } from '../../store/index.ts'

/**
 * Everything that a request reads is held to its principal by the database's server as well, where row-level security
 * is on: by the patterns as they are compared with stored ids. Who comes with a signed id is nobody that is known:
 * what it opens is read as the owner.
 */
export const secondWall = fp<{ store: Pick<Store, 'within'> }>(
  async (app, { store }) => {
    // Not an async function: what follows must run inside.
    app.addHook('preHandler', (request, _reply, done) => {
      const { principal } = request
      if (principal === null) return done()
      store.within({ ...principal, workflows: storedPatterns(principal) }, () => done()).catch(done)
    })
  },
  { name: 'second-wall' },
)
