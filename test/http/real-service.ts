import type { FastifyInstance, RouteOptions } from 'fastify'
import { createKeys } from '../../src/access/keys.ts'
import { loadConfig } from '../../src/config.ts'
import type { Parts } from '../../src/http/parts.ts'
import { Ingest } from '../../src/ingest/index.ts'
import { createLog } from '../../src/log.ts'
import { createMetrics } from '../../src/metrics.ts'
import type { Span } from '../../src/model/span.ts'
import { createRedactors } from '../../src/redactors.ts'
import { buildServer } from '../../src/server.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import { type TestDatabase, testDatabase } from '../helpers/database.ts'
import { bearer, secret } from './service.ts'

export interface Answer {
  status: number
  headers: Record<string, string>
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests assert on every field that they read
  json: any
}

/** The app in this process, on a Postgres of the test's own. */
export interface RealService {
  app: FastifyInstance
  store: Store
  parts: Parts
  database: TestDatabase
  /** Every line that was logged. */
  log: string[]
  /** Every route that the app has, as `METHOD url`. */
  routes: Set<string>
  ask(method: string, path: string, headers?: Record<string, string>, payload?: unknown): Promise<Answer>
  /** As the bearer of a token with these claims. */
  as(
    claims: object,
    method: string,
    path: string,
    payload?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>
}

export async function realService(
  t: { teardown(clean: () => Promise<unknown>): void },
  env: Record<string, string> = {},
  shared?: TestDatabase,
  over: Partial<Parts> = {},
): Promise<RealService> {
  const database = shared ?? (await testDatabase(t))
  const config = loadConfig({ env: { TRACE_JWT_SECRET: secret, HOST: '127.0.0.1', ...env } })
  const log: string[] = []
  const logger = createLog('trace', { write: (line) => void log.push(line) })
  const store = await openStore({
    url: database.url,
    log: logger,
    redactionVersion: 1,
    retentionDays: null,
    rowSecurity: config.rowSecurity,
  })
  const parts: Parts = {
    config,
    log: logger,
    metrics: createMetrics(),
    store,
    redactorOf: createRedactors(config.redaction, store),
    keys: createKeys(config, null),
    now: Date.now,
    draining: () => false,
    ...over,
  }
  const routes = new Set<string>()
  const app = await buildServer(parts, new Ingest(parts), (route: RouteOptions) => {
    for (const method of [route.method].flat()) routes.add(`${method} ${route.url}`)
  })
  t.teardown(async () => {
    await app.close()
    await store.close()
  })
  await app.ready()
  const ask: RealService['ask'] = async (method, path, headers = {}, payload) => {
    const answer = await app.inject({
      method: method as 'GET',
      url: path,
      headers,
      ...(payload === undefined ? {} : { payload: payload as string }),
    })
    const type = String(answer.headers['content-type'] ?? '')
    return {
      status: answer.statusCode,
      headers: answer.headers as Record<string, string>,
      text: answer.payload,
      json: /\bjson\b/.test(type) && answer.payload !== '' ? JSON.parse(answer.payload) : null,
    }
  }
  return {
    app,
    store,
    parts,
    database,
    log,
    routes,
    ask,
    as: (claims, method, path, payload, headers) =>
      ask(method, path, { ...headers, ...bearer({ ...claims }) }, payload),
  }
}

/** Stores spans for a grant of a workspace. */
export const written = (store: Store, workspace: string, workflows: string[], spans: Span[]) =>
  store.writeSpans({ workspace, workflows }, spans)
