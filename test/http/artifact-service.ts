import { createHash } from 'node:crypto'
import { createKeys } from '../../src/access/keys.ts'
import { loadConfig } from '../../src/config.ts'
import type { Artifact } from '../../src/http/schemas/common.ts'
import { createLog } from '../../src/log.ts'
import { createMetrics } from '../../src/metrics.ts'
import { createRedactors } from '../../src/redactors.ts'
import { buildServer } from '../../src/server.ts'
import { openStore } from '../../src/store/index.ts'
import { testDatabase } from '../helpers/database.ts'
import { bearer, secret } from './service.ts'

interface Test {
  teardown(clean: () => Promise<unknown>): void
}

/** Claims of a runner and of a reader, each of every workflow where a test says nothing. */
export const writer = (workflows: string[] = ['*'], more: object = {}) =>
  bearer({ sub: 'runner', scope: 'traces:write artifacts:write', workflows, ...more })
export const reader = (workflows: string[] = ['*'], more: object = {}) =>
  bearer({ sub: 'reader', scope: 'traces:read content:read artifacts:read', workflows, ...more })

export const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex')

/** The service on a database of the test's own, over HTTP. `clock` is what it takes for now. */
export async function artifactService(t: Test, env: Record<string, string> = {}) {
  const database = await testDatabase(t)
  const config = loadConfig({ env: { TRACE_JWT_SECRET: secret, HOST: '127.0.0.1', ...env } })
  const lines: string[] = []
  const log = createLog('warn', { write: (line) => void lines.push(line) })
  const store = await openStore({ url: database.url, log, redactionVersion: 1, retentionDays: null })
  const clock = { now: Date.now }
  const app = await buildServer({
    config,
    log,
    metrics: createMetrics(),
    store,
    redactorOf: createRedactors(config.redaction, store),
    keys: createKeys(config, null),
    now: () => clock.now(),
    draining: () => false,
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(async () => {
    app.server.closeAllConnections()
    await app.close()
    await store.close()
  })

  /** An upload; headers over those of a runner's. */
  const put = (path: string, body: BodyInit | null, headers: Record<string, string> = {}) =>
    fetch(`${url}/api/executions/${path}`, {
      method: 'PUT',
      headers: { ...writer(), 'content-type': 'application/octet-stream', ...headers },
      body,
      ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
    } as RequestInit)
  const get = (path: string, headers: Record<string, string> = reader(), method = 'GET') =>
    fetch(url + path, { headers, method, redirect: 'manual' })
  // biome-ignore lint/suspicious/noExplicitAny: tests assert on every field that they read
  const json = async (path: string, headers = reader()): Promise<any> => (await get(path, headers)).json()
  /** An upload that works. */
  const stored = async (...upload: Parameters<typeof put>): Promise<Artifact> => {
    const answer = await put(...upload)
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
    return (await answer.json()) as Artifact
  }
  const rows = async (table: string) =>
    Number((await database.read.query(`select count(*) from ${table}`)).rows[0].count)

  /** Stores one span per entry: `[trace, span, parent, attributes]`, ids in short. */
  const send = async (spans: SentSpan[], headers = writer()) => {
    const answer = await fetch(`${url}/v1/traces`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: spans.map(otlp) }] }] }),
    })
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
  }
  return { app, url, store, database, clock, lines, put, stored, get, json, rows, send }
}

type SentSpan = [trace: string, span: string, parent: string | null, attributes: Record<string, string>]

export const traceId = (short: string) => short.padStart(32, 'a')
export const spanId = (short: string) => short.padStart(16, 'b')

function otlp([trace, id, parent, attributes]: SentSpan) {
  const start = BigInt(Date.now() - 60_000) * 1_000_000n
  return {
    traceId: traceId(trace),
    spanId: spanId(id),
    ...(parent === null ? {} : { parentSpanId: spanId(parent) }),
    name: `span ${id}`,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + 1_000_000_000n),
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } })),
  }
}
