import fp from 'fastify-plugin'
import { storedPatterns } from '../../access/grant.ts'
import { redactId } from '../../redact/index.ts'
import type { Parts } from '../parts.ts'

/** Names in a path or a query that hold an id as its sender wrote it. */
const ID_PARAMS = new Set(['execution', 'execution_id', 'a', 'b', 'workflow', 'thread_id', 'artifact'])

/**
 * Ids that hold a secret are stored replaced: who looks one up by what was sent finds it all the same, because the
 * look-up replaces it in the same way, with the workspace's key, and so do the workflows of the token. Aliases of workflows come from the configuration
 * and are left alone.
 */
export const redactedIds = fp<{ parts: Parts }>(
  async (app, { parts }) => {
    app.addHook('preHandler', async (request) => {
      const { principal } = request
      const redactor = await parts.redactorOf(principal.workspace)
      request.principal = { ...principal, workflows: storedPatterns(principal) }
      for (const holder of [request.params, request.query] as Record<string, unknown>[]) {
        for (const [name, given] of Object.entries(holder ?? {})) {
          if (typeof given !== 'string') continue
          // Text that Postgres cannot hold is stored in this form, too.
          const text = given.replaceAll('\0', '\ufffd').toWellFormed()
          const isId = ID_PARAMS.has(name) && !parts.config.aliases.has(text)
          const stored = isId ? redactId(text, redactor) : text
          if (stored !== given) holder[name] = stored
        }
      }
    })
  },
  { name: 'redacted-ids' },
)
