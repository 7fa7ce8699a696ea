import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import type { AttributeValue } from '../../src/model/attributes.ts'
import type { OtlpSpan } from '../../src/model/otlp.ts'
import { decodeTraceProtobuf } from '../../src/otlp/decode-protobuf.ts'

export interface Received {
  method: string
  path: string
  headers: IncomingHttpHeaders
  body: Buffer
}

/** What the receiver answers; `hang` = never. */
export interface Answer {
  status: number
  headers?: Record<string, string>
  body?: Uint8Array
  hang?: boolean
}

/** A real HTTP server that keeps what it was sent. */
export class Receiver {
  readonly requests: Received[] = []
  readonly #server: Server
  answer: (request: Received) => Answer = () => ({ status: 200 })

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk) => chunks.push(chunk))
      request.on('end', () => {
        const raw = Buffer.concat(chunks)
        const received = {
          method: request.method ?? '',
          path: request.url ?? '',
          headers: request.headers,
          body: request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw,
        }
        this.requests.push(received)
        const answer = this.answer(received)
        if (answer.hang) return
        response.writeHead(answer.status, answer.headers).end(answer.body)
      })
    })
  }

  async listen(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve))
    return this.url
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** Every span that came, in order, snapshots included. */
  get spans(): OtlpSpan[] {
    return this.requests
      .filter((request) => request.path === '/v1/traces')
      .flatMap((request) => decodeTraceProtobuf(request.body).resourceSpans)
      .flatMap((part) => part.scopeSpans)
      .flatMap((part) => part.spans)
  }

  /** The ended spans by name. */
  get ended(): Map<string, OtlpSpan> {
    return new Map(this.spans.filter((span) => span.endNs > 0n).map((span) => [span.name, span]))
  }

  async until(condition: () => boolean, timeoutMs = 5_000): Promise<void> {
    const deadline = Date.now() + timeoutMs
    while (!condition()) {
      if (Date.now() > deadline) throw new Error('the condition did not become true')
      await sleep(10)
    }
  }
}

/** A span that must be there. */
export function need(span: OtlpSpan | undefined): OtlpSpan {
  if (!span) throw new Error('the span did not come')
  return span
}

export function json(value: AttributeValue | undefined): unknown {
  return typeof value === 'string' ? JSON.parse(value) : undefined
}

/** The URL of a port on which nobody listens. */
export async function nobody(): Promise<string> {
  const receiver = new Receiver()
  const url = await receiver.listen()
  await receiver.close()
  return url
}
