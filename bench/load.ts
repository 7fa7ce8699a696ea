/**
 * Sends the requests of a workload, each once, and says how long they took: in a process of its own, so that
 * making load costs the measured ones nothing but the processor it needs.
 */
import { Agent, request } from 'node:http'
import { type Requests, requestsOf, type Workload, workloads } from './workloads.ts'

export interface LoadOrder {
  workload: Workload
  url: string
  authorization: string
  share: number
  /** A new one has new trace ids. */
  round: number
}

export interface LoadResult {
  spans: number
  bytes: number
  ms: number
  p50_ms: number
  p99_ms: number
}

const made = new Map<Workload, { requests: Requests; round: number }>()

function requestsFor({ workload, share, round }: LoadOrder): Requests {
  let found = made.get(workload)
  if (found === undefined) {
    // What a workload held is given back before the next one is made.
    made.clear()
    made.set(workload, (found = { requests: requestsOf(workload, share), round }))
  }
  if (found.round !== round) found.requests.renew()
  found.round = round
  return found.requests
}

async function run(order: LoadOrder): Promise<LoadResult> {
  const { workload, url, authorization } = order
  const requests = requestsFor(order)
  const { bodies, spans, bytes } = requests
  const { clients } = workloads[workload]
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  const headers = { authorization, 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' }
  const times: number[] = []
  let next = 0
  const client = async (): Promise<void> => {
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
      const began = performance.now()
      for (let status = 0; status !== 200; ) {
        status = await send(url, agent, headers, body)
        // What exporters do when they are told to come back.
        if (status === 429 || status === 503) await new Promise((resolve) => setTimeout(resolve, 1_000))
        else if (status !== 200) throw new Error(`${url}: ${status}`)
      }
      times.push(performance.now() - began)
    }
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: clients }, client))
  const ms = performance.now() - began
  agent.destroy()
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.floor((times.length - 1) * share)] ?? 0
  return { spans, bytes, ms, p50_ms: at(0.5), p99_ms: at(0.99) }
}

function send(url: string, agent: Agent, headers: Record<string, string>, body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method: 'POST',
      agent,
      headers: { ...headers, 'content-length': body.length },
    })
    sent.on('response', (answer) => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode ?? 0))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

process.on('message', (order: LoadOrder) => {
  run(order).then(
    (result) => process.send?.(result),
    (error: unknown) => process.send?.({ error: String(error) }),
  )
})
