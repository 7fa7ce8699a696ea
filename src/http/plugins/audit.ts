import fp from 'fastify-plugin'
import { limits } from '../../limits.ts'
import { redactId } from '../../redact/index.ts'
import type { Parts } from '../parts.ts'

/** What a refusal is called in the audit log. 404 is one word for what is missing and what is out of reach. */
const actions = new Map([
  [403, 'denied'],
  [404, 'not_found'],
])

/** Notes refusals of callers who said who they are. No query: repetitions are added up in memory. */
export const auditDenials = fp<{ parts: Parts }>(
  async (app, { parts }) => {
    app.addHook('onResponse', async (request, reply) => {
      const action = actions.get(reply.statusCode)
      const route = request.routeOptions.url
      if (action === undefined || route === undefined || request.principal === null) return
      const { workspace, subject } = request.principal
      const { execution } = (request.params ?? {}) as { execution?: string }
      parts.store.denials.note({
        workspace,
        subject,
        action,
        executionId: execution === undefined ? null : await loggable(parts, workspace, execution),
        details: { method: request.method, route },
      })
    })
  },
  { name: 'audit-denials' },
)

/** An id as the store would have it: what was typed may hold a secret. Null while its key cannot be read. */
async function loggable(parts: Parts, workspace: string, id: string): Promise<string | null> {
  try {
    const stored = redactId(id.slice(0, limits.maxIdLength), await parts.redactorOf(workspace))
    return stored.replaceAll('\0', '\ufffd')
  } catch {
    return null
  }
}
