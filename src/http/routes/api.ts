import type { FastifyPluginAsync } from 'fastify'
import type { Parts } from '../parts.ts'
import { audit } from './audit.ts'
import { compare } from './compare.ts'
import { erase } from './erase.ts'
import { exportTrace } from './export.ts'
import { reveal } from './reveal.ts'
import { spans } from './spans.ts'
import { stats } from './stats.ts'
import { stream } from './stream.ts'
import { subtree } from './subtree.ts'
import { summary } from './summary.ts'
import { trace } from './trace.ts'
import { workflows } from './workflows.ts'

/** Everything that readers ask; registered inside the scope that authenticates them. */
export const api: FastifyPluginAsync<{ parts: Parts }> = async (app, { parts }) => {
  // schemas describe the answers; they do not reshape them
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer))
  // a route that says nothing asks for this; the document reads it from the route
  app.addHook('onRoute', (route) => {
    route.config = { scope: 'traces:read', ...route.config }
  })
  await app.register(workflows, { parts })
  await app.register(trace, { parts })
  await app.register(spans, { parts })
  await app.register(subtree, { parts })
  await app.register(summary, { parts })
  await app.register(stream, { parts })
  await app.register(compare, { parts })
  await app.register(stats, { parts })
  await app.register(exportTrace, { parts })
  await app.register(erase, { parts })
  await app.register(reveal, { parts })
  await app.register(audit, { parts })
}
