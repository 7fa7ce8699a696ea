import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from 'typebox'
import { BadRequest } from '../../errors.ts'
import { limits } from '../../limits.ts'
import type { AuditFilter, AuditRow } from '../../store/audit.ts'
import { readCursor, signCursor } from '../cursor.ts'
import type { Parts } from '../parts.ts'
import { AuditEntries, AuditEntry } from '../schemas/audit.ts'

const NDJSON = 'application/x-ndjson'

const Query = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: limits.listPageMax, default: limits.listPage }),
  cursor: Type.Optional(Type.String({ maxLength: 1_000 })),
  action: Type.Optional(Type.String({ maxLength: 64 })),
  subject: Type.Optional(Type.String({ maxLength: limits.maxIdLength })),
  execution_id: Type.Optional(Type.String({ maxLength: limits.maxIdLength })),
  from: Type.Optional(Type.String({ format: 'date-time', description: 'at or after' })),
  to: Type.Optional(Type.String({ format: 'date-time', description: 'at or before' })),
  format: Type.Optional(
    Type.Literal('ndjson', { description: 'everything that matches, a line for each; as Accept does' }),
  ),
})

/** Who looked at what, in the caller's workspace: for those who watch over it. */
export const audit: FastifyPluginAsyncTypebox<{ parts: Parts }> = async (app, { parts }) => {
  app.get(
    '/api/audit',
    {
      config: {
        scope: 'admin',
        described: {
          tag: 'administration',
          headers: { accept: '`application/x-ndjson` for everything, a line for each' },
          answers: {
            200: {
              description: 'A page, or everything that matches.',
              headers: ['link'],
              content: {
                'application/json': { schema: AuditEntries },
                [NDJSON]: {
                  schema: { type: 'string', description: 'an AuditEntry on each line, the newest first' },
                  'x-line': AuditEntry,
                },
              },
            },
          },
        },
      },
      schema: {
        summary: 'The audit log of the workspace, the newest first',
        description:
          'A page of JSON, the next one in the Link header; or everything as newline-delimited JSON with format=ndjson or Accept: application/x-ndjson.',
        querystring: Query,
        response: { 200: AuditEntries },
      },
    },
    async (request, reply) => {
      const { workspace } = request.principal
      reply.header('cache-control', 'private, no-store')
      const key = await parts.store.key('', 'cursors')
      const scope = `audit\0${workspace}`
      const filter = filterOf(request.query, key, scope)
      // What was refused up to now belongs into the answer.
      await parts.store.denials.flush()
      if (request.query.format === 'ndjson' || request.headers.accept?.includes(NDJSON)) {
        return reply
          .header('content-type', NDJSON)
          .header('content-disposition', 'attachment; filename="audit.ndjson"')
          .send(Readable.from(lines(parts, workspace, filter)) as never)
      }
      const rows = await parts.store.audit.list(workspace, filter)
      const last = rows.at(-1)
      if (last !== undefined && rows.length === filter.limit) {
        const next = new URLSearchParams(request.url.split('?')[1])
        next.set('cursor', signCursor(key, scope, [String(last.id)]))
        reply.header('link', `<?${next}>; rel="next"`)
      }
      return rows.map(present)
    },
  )
}

/** Page after page, as fast as they are read; ends where the log was when it was asked. */
async function* lines(parts: Parts, workspace: string, filter: AuditFilter): AsyncGenerator<string> {
  let before = filter.before
  for (;;) {
    const rows = await parts.store.audit.list(workspace, {
      ...filter,
      ...(before === undefined ? {} : { before }),
      limit: limits.listPageMax,
    })
    if (rows.length > 0) yield rows.map((row) => `${JSON.stringify(present(row))}\n`).join('')
    if (rows.length < limits.listPageMax) return
    before = rows.at(-1)?.id
  }
}

function filterOf(query: Static<typeof Query>, key: Buffer, scope: string): AuditFilter {
  const filter: AuditFilter = { limit: query.limit }
  if (query.action !== undefined) filter.action = query.action
  if (query.subject !== undefined) filter.subject = query.subject
  if (query.execution_id !== undefined) filter.executionId = query.execution_id
  if (query.from !== undefined) filter.from = dateOf(query.from)
  if (query.to !== undefined) filter.to = dateOf(query.to)
  if (query.cursor !== undefined) {
    filter.before = BigInt(readCursor<[string]>(key, scope, query.cursor)[0])
  }
  return filter
}

function dateOf(time: string): Date {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) throw new BadRequest('from and to are RFC 3339 times')
  return date
}

const present = (row: AuditRow): AuditEntry => ({
  id: String(row.id),
  at: row.at.toISOString(),
  subject: row.subject,
  action: row.action,
  workflow_id: row.workflowId,
  execution_id: row.executionId,
  trace_id: row.traceId,
  span_id: row.spanId,
  reason: row.reason,
  times: row.times,
  details: row.details,
})
