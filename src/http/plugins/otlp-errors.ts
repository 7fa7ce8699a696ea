import type { FastifyError } from 'fastify'
import fp from 'fastify-plugin'
import type { Logger } from '../../log.ts'
import { CONTENT_TYPE, encodeStatus, SUPPORTED_ENCODINGS } from '../../otlp/index.ts'
import { logRefused, refusedBy, refuseHeaders } from './errors.ts'
import { encodingOf } from './otlp-body.ts'

/** `google.rpc.Code` of an HTTP status. */
const codes = new Map([
  [400, 3],
  [401, 16],
  [403, 7],
  [404, 5],
  [405, 12],
  [413, 8],
  [415, 3],
  [429, 8],
  [503, 14],
])

/**
 * Errors of the OTLP routes: a `google.rpc.Status` in the request's encoding, JSON where that is none of the
 * two. Exporters try again only on 429, 502, 503 and 504, and drop the batch on everything else: so what we
 * do not know is 503, unless it is plainly a mistake in this program, which trying again would only repeat.
 */
export const otlpErrors = fp<{ log: Logger }>(
  async (app, { log }) => {
    app.setErrorHandler<FastifyError>((error, request, reply) => {
      const refused = refusedBy(error)
      if (refused.status === 500 && !isMistake(error)) {
        refused.status = 503
        refused.detail = 'Something went wrong here; try again'
      }
      logRefused(log, request, error, refused.status)
      refuseHeaders(reply, refused)
      if (refused.code === 'TRACE_UNSUPPORTED_ENCODING') {
        reply.header('accept-encoding', SUPPORTED_ENCODINGS.join(', '))
      }
      const encoding = encodingOf(request) ?? 'json'
      const status = { code: codes.get(refused.status) ?? 13, message: refused.detail }
      reply.code(refused.status).header('content-type', CONTENT_TYPE[encoding])
      return reply.send(encodeStatus(encoding, status))
    })
  },
  { name: 'otlp-errors' },
)

function isMistake(error: Error): boolean {
  return (
    error instanceof TypeError ||
    error instanceof RangeError ||
    error instanceof ReferenceError ||
    error instanceof SyntaxError
  )
}
