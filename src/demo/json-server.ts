import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface JsonRequest {
  method: string
  path: string
  body: unknown
}

export interface JsonAnswer {
  status: number
  body: unknown
}

export interface LocalServer {
  /** Without a slash at the end. */
  url: string
  close(): Promise<void>
}

/** Bytes of a request that the demo's servers read; more is a mistake. */
const MAX_BODY = 4 * 1024 * 1024

/** A small HTTP server on loopback that speaks JSON. `close` does not wait for requests under way. */
export async function serveJson(answer: (request: JsonRequest) => Promise<JsonAnswer>): Promise<LocalServer> {
  const server = createServer(async (request, response) => {
    let result: JsonAnswer
    try {
      const body = await read(request)
      const path = new URL(request.url ?? '/', 'http://localhost').pathname
      result = await answer({ method: request.method ?? 'GET', path, body })
    } catch {
      result = { status: 400, body: { error: { message: 'the body is not JSON' } } }
    }
    response.writeHead(result.status, { 'content-type': 'application/json' }).end(JSON.stringify(result.body))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function read(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BODY) throw new Error('too large')
    chunks.push(chunk)
  }
  return size === 0 ? null : JSON.parse(Buffer.concat(chunks).toString())
}
