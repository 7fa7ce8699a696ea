import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { createKeys } from '../../src/access/keys.ts'
import { loadConfig } from '../../src/config.ts'
import type { Parts } from '../../src/http/parts.ts'
import { createLog } from '../../src/log.ts'
import { createMetrics } from '../../src/metrics.ts'
import type { Span } from '../../src/model/span.ts'
import { createRedactors } from '../../src/redactors.ts'
import { buildServer } from '../../src/server.ts'
import type { Store, Writer } from '../../src/store/index.ts'
import { claims, hs256, type Json } from '../access/jwt.ts'

export const secret = 'a secret of the tests, 32 bytes and more'
/** What a test reads and does not restore is not its business. */
interface Test {
  teardown(clean: () => Promise<unknown>): void
}

/** A store that keeps what it is given, and does what a test makes it do. */
export interface KeepingStore extends Store {
  written: { writer: Writer; spans: readonly Span[] }[]
  write: Store['writeSpans'] | null
}

export function keepingStore(): KeepingStore {
  const store: KeepingStore = {
    written: [],
    write: null,
    read: null as never,
    artifacts: null as never,
    async writeSpans(writer, given) {
      const spans = typeof given === 'function' ? await all(given()) : given
      if (spans.length === 0) return { stored: 0, refused: [] }
      if (store.write !== null) return await store.write(writer, spans)
      store.written.push({ writer, spans })
      return { stored: spans.length, refused: [] }
    },
    writeLogs: async (_writer, logs) => logs.length,
    erase: async () => null,
    isErased: async () => false,
    audit: { append: async () => {}, list: async () => [] } as never,
    denials: { note() {}, flush: async () => {} },
    ingestKeys: { principalOf: async () => null } as never,
    revocations: { isRevoked: async () => false, revoke: async () => {} },
    within: async (_principal, work) => work(),
    asOwner: (work) => work(),
    key: async () => randomBytes(32),
    ready: async () => true,
    pools: () => ({}),
    close: async () => {},
  }
  return store
}

async function all(slices: AsyncIterable<readonly Span[]> | Iterable<readonly Span[]>): Promise<Span[]> {
  const spans: Span[] = []
  for await (const slice of slices) spans.push(...slice)
  return spans
}

/** The main listener on a free port of loopback, with a store that keeps what comes. */
export async function service(t: Test, env: Record<string, string> = {}, over: Partial<Parts> = {}) {
  const keys = env.TRACE_CONFIG || env.TRACE_JWKS_URL ? {} : { TRACE_JWT_SECRET: secret }
  const config = loadConfig({ env: { ...keys, HOST: '127.0.0.1', ...env } })
  const store = keepingStore()
  const log: string[] = []
  const parts: Parts = {
    config,
    log: createLog('trace', { write: (line) => void log.push(line) }),
    metrics: createMetrics(),
    store,
    redactorOf: createRedactors(config.redaction, store),
    keys: createKeys(config, null),
    now: Date.now,
    draining: () => false,
    ...over,
  }
  const app = await buildServer(parts)
  t.teardown(() => app.close())
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { app: app as FastifyInstance, url, store, parts, log }
}

/** A good token, with other claims where a test wants them. */
export const token = (over: Json = {}): string => hs256(claims(over), secret)

export const bearer = (over: Json = {}) => ({ authorization: `Bearer ${token(over)}` })
