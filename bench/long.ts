import { setTimeout as wait } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import pg from 'pg'
import { type OneService, oneService } from './one-service.ts'

/** Processor time of a span: microseconds. */
export interface Cost {
  node_us: number
  pg_us: number
}

export interface Long {
  spans: number
  /** Every request is an execution of its own. */
  apart: Cost
  /** All requests are one execution, which grows while it is rolled up. */
  one_execution: Cost
}

const requests = 100
const spansEach = 512
/** Milliseconds between two exports, as of a busy runner. */
const everyMs = 200
const warmUps = 20

/** What it costs that an execution grows: the same spans, sent as often, in one execution and in as many as requests. */
export async function benchLong(say: (line: string) => void): Promise<Long> {
  const service = await oneService()
  try {
    await cost(service, 'warm', warmUps, false)
    const apart = await cost(service, 'apart', requests, false)
    const one_execution = await cost(service, 'one', requests, true)
    const line = (name: string, { node_us, pg_us }: Cost) =>
      say(`long ${name.padEnd(24)} service ${node_us} µs, Postgres ${pg_us} µs a span`)
    line('an execution a request', apart)
    line('one execution', one_execution)
    return { spans: requests * spansEach, apart, one_execution }
  } finally {
    await service.stop()
  }
}

async function cost(service: OneService, name: string, count: number, grows: boolean): Promise<Cost> {
  const bodies = Array.from({ length: count }, (_, n) => bodyOf(grows ? name : `${name}-${n}`, n, grows))
  const before = service.cpu()
  for (const body of bodies) {
    const began = performance.now()
    const { status } = await fetch(`${service.url}/v1/traces`, {
      method: 'POST',
      headers: {
        authorization: service.authorization,
        'content-type': 'application/json',
        'content-encoding': 'gzip',
      },
      body: new Uint8Array(body),
    })
    if (status !== 200) throw new Error(`an export was answered ${status}`)
    await wait(Math.max(0, everyMs - (performance.now() - began)))
  }
  await settled(service)
  const after = service.cpu()
  const each = (us: number) => Math.round((us / count / spansEach) * 10) / 10
  return { node_us: each(after.node - before.node), pg_us: each(after.pg - before.pg) }
}

/** Steps below a root, which comes first. */
function bodyOf(execution: string, request: number, grows: boolean): Buffer {
  const traceId = Buffer.from(execution.padEnd(16, '_')).toString('hex').slice(-32)
  const first = grows ? request * spansEach : 0
  const now = BigInt(Date.now()) * 1_000_000n
  const spans = Array.from({ length: spansEach }, (_, n) => ({
    traceId,
    spanId: (first + n + 1).toString(16).padStart(16, '0'),
    parentSpanId: first + n === 0 ? '' : '1'.padStart(16, '0'),
    name: `step ${n % 7}`,
    startTimeUnixNano: String(now + BigInt(n)),
    endTimeUnixNano: String(now + 5_000_000n),
    attributes: [
      ['orcheo.execution.id', execution],
      ['orcheo.workflow.id', 'long'],
      ['orcheo.node.id', `node-${n % 7}`],
    ].map(([key, stringValue]) => ({ key, value: { stringValue } })),
  }))
  return gzipSync(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }))
}

async function settled(service: OneService): Promise<void> {
  const client = new pg.Client({ connectionString: service.databaseUrl })
  await client.connect()
  while ((await client.query('select from dirty_traces limit 1')).rowCount !== 0) await wait(100)
  await client.end()
}
