/**
 * What disturbs others, in a process of its own: bodies of the largest size, callers that send a byte at a time, or as
 * many requests as the service takes. It goes on until it is killed.
 */
import { Agent, request } from 'node:http'
import { type Requests, requestsWith } from './workloads.ts'

/** `large`: bodies of nearly 20 MiB, and twenty slow callers. `saturate`: 64 clients that never pause. */
export type Noise = 'large' | 'saturate'

export interface NoiseOrder {
  noise: Noise
  url: string
  authorization: string
}

const kinds = {
  large: { requests: 2, spansEach: 10_000, llmShare: 0.3, clients: 2 },
  saturate: { requests: 256, spansEach: 32, llmShare: 0.27, clients: 64 },
}
const slowCallers = 20

function make({ noise, url, authorization }: NoiseOrder): void {
  const { clients, ...kind } = kinds[noise]
  const requests = requestsWith(kind, 77)
  const headers = { authorization, 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' }
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  let next = 0
  const body = (): Buffer => {
    if (next >= requests.bodies.length) {
      requests.renew()
      next = 0
    }
    return requests.bodies[next++] as Buffer
  }
  const client = async (): Promise<never> => {
    for (;;) {
      const status = await send(url, agent, headers, body())
      // What exporters do when they are told to come back.
      if (status !== 200) await new Promise((resolve) => setTimeout(resolve, 1_000))
    }
  }
  for (let n = 0; n < clients; n++) void client()
  if (noise === 'large') for (let n = 0; n < slowCallers; n++) drip(url, authorization)
  process.send?.({ bytes: largest(requests) })
}

const largest = ({ bytes, bodies }: Requests): number => Math.round(bytes / bodies.length)

function send(url: string, agent: Agent, headers: object, body: Buffer): Promise<number> {
  return new Promise((resolve) => {
    const sent = request(url, {
      method: 'POST',
      agent,
      headers: { ...headers, 'content-length': body.length },
    })
    sent.on('response', (answer) => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode ?? 0))
    })
    sent.on('error', () => resolve(0))
    sent.end(body)
  })
}

function drip(url: string, authorization: string): void {
  const headers = { authorization, 'content-type': 'application/json', 'content-length': 100_000 }
  const sent = request(url, { method: 'POST', headers })
  const timer = setInterval(() => sent.write(' '), 500)
  sent.on('close', () => {
    clearInterval(timer)
    drip(url, authorization)
  })
  sent.on('response', (answer) => answer.resume())
  sent.on('error', () => {})
}

process.on('message', (order: NoiseOrder) => make(order))
