import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { limits } from '../../limits.ts'

/** Connections whose request may take longer than the server's `requestTimeout`, because it moves. */
const long = new WeakSet<Socket>()

/**
 * Lets a request, or its answer, take as long as bytes move: Node's `requestTimeout` is for all requests alike and
 * would end a large upload. One that stands still for `limits.transferStallMs` ends. Call what it gives back when the
 * transfer is over.
 */
export function allowLongRequest({ socket }: IncomingMessage): () => void {
  long.add(socket)
  // Node's HTTP server destroys a connection whose time is over, unless somebody listens
  socket.setTimeout?.(limits.transferStallMs)
  return () => {
    long.delete(socket)
    socket.setTimeout?.(0)
  }
}

const answers = new Map([
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
  ['HPE_HEADER_OVERFLOW', 431],
])

/** What Node could not read as a request: answered in one line, unless it is only a long one that still moves. */
export function refuseUnreadable(error: { code?: string }, socket: Socket): void {
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && long.has(socket)) return
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const status = answers.get(error.code ?? '') ?? 400
  if (socket.writable)
    socket.write(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    )
  socket.destroy()
}
