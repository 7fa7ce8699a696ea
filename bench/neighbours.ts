import { Agent, request } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { Noise } from './noise.ts'
import { type OneService, oneService } from './one-service.ts'
import { requestsWith } from './workloads.ts'

/** Milliseconds of each measurement, and between two requests of one client. */
const measureMs = 20_000
const pauseMs = 50
const clients = 4
/** The execution that is read: spans. */
const readSpans = 500

interface Percentiles {
  p50_ms: number
  p99_ms: number
  times: number
}

export interface Neighbours {
  small_alone: Percentiles
  /** While bodies of nearly 20 MiB arrive, and twenty callers send a byte at a time. */
  small_beside_large: Percentiles
  read_calm: Percentiles
  /** While 64 clients send as much as the service takes. */
  read_saturated: Percentiles
  large_body_mb: number
}

/** Small exports and reads, each alone and beside those who disturb. */
export async function benchNeighbours(say: (line: string) => void): Promise<Neighbours> {
  const service = await oneService()
  try {
    const agent = new Agent({ keepAlive: true, maxSockets: clients })
    const small = requestsWith({ requests: 64, spansEach: 32, llmShare: 0.27 }, 5)
    let next = 0
    const write = () => {
      if (next >= small.bodies.length) {
        small.renew()
        next = 0
      }
      return post(service, agent, small.bodies[next++] as Buffer)
    }
    const id = await stored(service, agent)
    const read = () => ask(service, agent, `/api/executions/${id}/trace`)
    for (let n = 0; n < 50; n++) {
      await write()
      await read()
    }
    const small_alone = await measure(write)
    const read_calm = await measure(read)
    const beside = await disturbed(service, 'large', () => measure(write))
    await wait(2_000)
    const saturated = await disturbed(service, 'saturate', () => measure(read))
    agent.destroy()
    const result = {
      small_alone,
      small_beside_large: beside.measured,
      read_calm,
      read_saturated: saturated.measured,
      large_body_mb: Math.round((beside.bytes / 2 ** 20) * 10) / 10,
    }
    for (const [name, one] of Object.entries(result)) {
      if (typeof one === 'object')
        say(`${name.padEnd(20)} p50 ${one.p50_ms} ms, p99 ${one.p99_ms} ms (${one.times} times)`)
    }
    say(`large bodies have ${result.large_body_mb} MB`)
    return result
  } finally {
    await service.stop()
  }
}

async function disturbed(service: OneService, noise: Noise, work: () => Promise<Percentiles>) {
  const order = { noise, url: `${service.url}/v1/traces`, authorization: service.authorization }
  const { answer, child } = await service.tell<{ bytes: number }>('noise.ts', order)
  await wait(1_000)
  const measured = await work()
  child.kill('SIGKILL')
  return { measured, bytes: answer.bytes }
}

async function measure(work: () => Promise<number>): Promise<Percentiles> {
  const times: number[] = []
  const until = performance.now() + measureMs
  const client = async (): Promise<void> => {
    while (performance.now() < until) {
      const began = performance.now()
      // an exporter that is told to come back is only done when it was taken
      while ((await work()) !== 200) await wait(1_000)
      times.push(performance.now() - began)
      await wait(pauseMs)
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  times.sort((a, b) => a - b)
  const at = (share: number) => Math.round((times[Math.floor((times.length - 1) * share)] ?? 0) * 10) / 10
  return { p50_ms: at(0.5), p99_ms: at(0.99), times: times.length }
}

/** One execution of many spans; the id under which it is read. */
async function stored(service: OneService, agent: Agent): Promise<string> {
  const traceId = 'ab'.repeat(16)
  const nowNs = BigInt(Date.now()) * 1_000_000n
  const spans = Array.from({ length: readSpans }, (_, n) => ({
    traceId,
    spanId: (n + 1).toString(16).padStart(16, '0'),
    parentSpanId: n === 0 ? '' : ((n >> 1) + 1).toString(16).padStart(16, '0').replace(/^0+$/, ''),
    name: `step ${n}`,
    startTimeUnixNano: String(nowNs + BigInt(n)),
    endTimeUnixNano: String(nowNs + 1_000_000n),
  }))
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })
  const status = await post(service, agent, Buffer.from(body), { 'content-type': 'application/json' })
  if (status !== 200) throw new Error(`the execution was not taken: ${status}`)
  return traceId
}

const gzipped = { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' }

function post(service: OneService, agent: Agent, body: Buffer, headers: object = gzipped): Promise<number> {
  return send(service, agent, '/v1/traces', 'POST', { ...headers, 'content-length': body.length }, body)
}

const ask = (service: OneService, agent: Agent, path: string) => send(service, agent, path, 'GET', {})

function send(
  { url, authorization }: OneService,
  agent: Agent,
  path: string,
  method: string,
  headers: object,
  body?: Buffer,
): Promise<number> {
  return new Promise((resolve) => {
    const sent = request(url + path, { method, agent, headers: { authorization, ...headers } })
    sent.on('response', (answer) => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode ?? 0))
    })
    sent.on('error', () => resolve(0))
    sent.end(body)
  })
}
