import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { BadRequest, Internal, NotFound, TimedOut } from '../../errors.ts'
import { limits } from '../../limits.ts'
import type { Logger } from '../../log.ts'
import type { Problem } from '../schemas/common.ts'

/** What callers are told of an error: nothing that is not in the catalogue or Fastify's own list. */
export interface Refused {
  status: number
  code: string
  detail: string
}

/** An error as it may be told. Unknown ones become a 500 that says nothing. */
export function refusedBy(error: FastifyError): Refused {
  if (error.validation !== undefined) return told(new BadRequest(`The request is invalid: ${error.message}`))
  if (error.code === 'FST_ERR_HANDLER_TIMEOUT') return told(new TimedOut())
  if (ours(error)) return told(error)
  return told(new Internal())
}

/** The catalogue, and what Fastify itself says of a request (bad URLs, bad JSON, lengths that lie). */
function ours({ code = '', statusCode = 500 }: FastifyError): boolean {
  return code.startsWith('TRACE_') || (code.startsWith('FST_') && statusCode < 500)
}

function told({ statusCode = 500, code, message }: FastifyError): Refused {
  return { status: statusCode, code, detail: message }
}

/** Headers that belong to a status, whatever the form of the body. */
export function refuseHeaders(reply: FastifyReply, { status, code, detail }: Refused): void {
  if (status === 429 || status === 503) reply.header('retry-after', limits.retryAfterSeconds)
  // The rest of the body is not going to be read.
  if (status === 413) reply.header('connection', 'close')
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="workflow-trace"')
  if (code === 'TRACE_SCOPE_MISSING') {
    const scope = detail.slice(detail.lastIndexOf(' ') + 1)
    reply.header('www-authenticate', `Bearer error="insufficient_scope", scope="${scope}"`)
  }
}

/** Logs what is ours to mend: 5xx, with the route's pattern and never the URL, the body or a header. */
export function logRefused(log: Logger, request: FastifyRequest, error: Error, status: number): void {
  if (status < 500) return
  const route = request.routeOptions.url ?? 'none'
  const fields = { err: error, route, method: request.method, request_id: request.id }
  if (status === 503) log.warn(fields, 'refused for now')
  else log.error(fields, 'request failed')
}

/** A problem document (RFC 9457). The request's id is in its header only: equal refusals are equal bytes. */
export function problem({ status, code, detail }: Refused): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, code }
}

/** Errors and unknown routes of the API and everything that has no handler of its own. */
export const errors = fp<{ log: Logger }>(
  async (app, { log }) => {
    app.setErrorHandler<FastifyError>((error, request, reply) => {
      const refused = refusedBy(error)
      logRefused(log, request, error, refused.status)
      sendProblem(reply, refused)
    })
    app.setNotFoundHandler((_request, reply) => sendProblem(reply, refusedBy(new NotFound())))
  },
  { name: 'errors' },
)

/** Answers with a problem document. */
export function sendProblem(reply: FastifyReply, refused: Refused): void {
  refuseHeaders(reply, refused)
  // A serializer of the route's own schema must not reshape it.
  reply
    .code(refused.status)
    .header('content-type', 'application/problem+json')
    .serializer(String)
    .send(JSON.stringify(problem(refused)))
}
