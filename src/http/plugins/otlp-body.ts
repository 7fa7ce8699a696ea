import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { BodyTooLarge, CallerGone, UnsupportedEncoding, UnsupportedType } from '../../errors.ts'
import type { Admission, Ticket } from '../../ingest/admission.ts'
import type { Body } from '../../ingest/index.ts'
import { type OtlpEncoding, SUPPORTED_ENCODINGS } from '../../otlp/index.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The bytes that this export request holds; set once its headers were admitted. */
    ticket: Ticket
  }
}

const mediaType = /^application\/(json|x-protobuf)[ \t]*(;|$)/i

/** The encoding a request says its body has; null = none of OTLP's two. */
export function encodingOf(request: FastifyRequest): OtlpEncoding | null {
  const [, type] = mediaType.exec(request.headers['content-type'] ?? '') ?? []
  if (type === undefined) return null
  return type.toLowerCase() === 'json' ? 'json' : 'protobuf'
}

/** The codec of a request's body, in lower case; '' = none. */
function codecOf(request: FastifyRequest): string {
  return (request.headers['content-encoding'] ?? '').trim().toLowerCase()
}

/** The body of an export request whose headers were checked. */
export function bodyOf(request: FastifyRequest): Body {
  const bytes = (request.body as Buffer | undefined) ?? Buffer.alloc(0)
  return { bytes, codec: codecOf(request), encoding: encodingOf(request) ?? 'json' }
}

/**
 * Export requests: their headers are checked and admitted first, then the body is taken as bytes, counted as
 * they come. Register it after the hook that authenticates, so that strangers cost no memory.
 */
export const otlpBody = fp<{ admission: Admission; maxBodyBytes: number }>(
  async (app, { admission, maxBodyBytes }) => {
    app.decorateRequest('ticket', null as unknown as Ticket)

    app.addHook('onRequest', async (request, reply) => {
      if (encodingOf(request) === null)
        throw new UnsupportedType('application/x-protobuf or application/json')
      const codec = codecOf(request)
      if (codec !== '' && !SUPPORTED_ENCODINGS.includes(codec)) {
        throw new UnsupportedEncoding(SUPPORTED_ENCODINGS.join(', '))
      }
      const length = Number(request.headers['content-length'] ?? 0)
      if (length > maxBodyBytes) throw new BodyTooLarge(maxBodyBytes)
      const ticket = admission.open(`${request.principal.workspace}\0${request.principal.subject}`)
      request.ticket = ticket
      // A caller that goes away before the handler runs must not keep its share.
      reply.raw.once('close', () => {
        if (!working.has(ticket)) ticket.release()
      })
      // refused before it comes rather than in the middle of it; a slow caller holds only what it has sent
      ticket.expect(length)
    })

    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (request: FastifyRequest, payload: NodeJS.ReadableStream) =>
      collect(payload, request.ticket, maxBodyBytes),
    )
  },
  { name: 'otlp-body' },
)

const working = new WeakSet<Ticket>()

/** Runs the work on a body and gives its bytes back when that ends, whatever became of the caller. */
export async function holding<T>(ticket: Ticket, work: () => Promise<T>): Promise<T> {
  working.add(ticket)
  try {
    return await work()
  } finally {
    ticket.release()
  }
}

/** The whole body, held as it comes, and no more of it than `most` bytes. */
function collect(payload: NodeJS.ReadableStream, ticket: Ticket, most: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const stop = (error: Error) => {
      payload.removeListener('data', take)
      // What still comes is thrown away, so that the answer can be read before the connection ends.
      payload.resume()
      reject(error)
    }
    const take = (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > most) return stop(new BodyTooLarge(most))
      try {
        ticket.grow(chunk.length)
      } catch (error) {
        return stop(error as Error)
      }
      chunks.push(chunk)
    }
    payload.on('data', take)
    payload.once('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)))
    payload.once('error', () => reject(new CallerGone()))
    payload.once('close', () => reject(new CallerGone()))
  })
}
