import fp from 'fastify-plugin'
import { BadRequest } from '../../errors.ts'

/** As much of a JSON schema as names the parameters of a query. */
interface QuerySchema {
  properties?: Record<string, unknown>
  allOf?: QuerySchema[]
}

/** What the real Canvas adds so that nobody answers from a cache (`_refresh`), and others like it. */
const PRIVATE = '_'

/**
 * Refuses a query parameter that the route does not know (400): a filter with a slip of the pen would otherwise filter
 * nothing, and the answer would look as if it had. A name that begins with `_` is the client's own.
 */
export const knownQueries = fp(
  async (app) => {
    app.addHook('preValidation', async (request) => {
      const schema = request.routeOptions.schema?.querystring as QuerySchema | undefined
      const known = namesOf(schema)
      for (const name of Object.keys(request.query as object)) {
        if (known.includes(name) || name.startsWith(PRIVATE)) continue
        throw new BadRequest(
          known.length === 0 ? 'It takes no parameters' : `The parameters are: ${known.join(', ')}`,
        )
      }
    })
  },
  { name: 'known-queries' },
)

const namesOf = ({ properties = {}, allOf = [] }: QuerySchema = {}): string[] => [
  ...Object.keys(properties),
  ...allOf.flatMap(namesOf),
]
