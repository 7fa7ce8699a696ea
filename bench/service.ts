/** The built service in a process of its own, with redaction, or (`unredacted`) with rules that find nothing. */
import type { Redactor } from '../src/redact/index.ts'

// What ships is measured, not its sources: their loader keeps functions' names, at a cost to every closure.
const built = <T>(file: string): Promise<T> => import(new URL(`../dist/${file}.js`, import.meta.url).href)
const { createKeys } = await built<typeof import('../src/access/keys.ts')>('access/keys')
const { loadConfig } = await built<typeof import('../src/config.ts')>('config')
const { createLog } = await built<typeof import('../src/log.ts')>('log')
const { startService } = await built<typeof import('../src/main.ts')>('main')
const { createMetrics } = await built<typeof import('../src/metrics.ts')>('metrics')
const { createRedactor } = await built<typeof import('../src/redact/index.ts')>('redact/index')
const { buildRuleSet } = await built<typeof import('../src/redact/rule-set.ts')>('redact/rule-set')
const { buildServer } = await built<typeof import('../src/server.ts')>('server')
const { openStore } = await built<typeof import('../src/store/index.ts')>('store/index')

const databaseUrl = process.env.DATABASE_URL ?? ''
const config = {
  ...loadConfig({
    env: {
      HOST: '127.0.0.1',
      PORT: '0',
      TRACE_ADMIN_PORT: '0',
      TRACE_GRPC_PORT: '',
      TRACE_JWT_SECRET: process.env.BENCH_SECRET,
    },
  }),
  databaseUrl,
}

if (process.argv.includes('unredacted')) process.send?.({ url: await unredacted() })
else process.send?.({ url: (await startService(config, createLog('silent'))).url })

/** The same walk, with no rule to look for. */
async function unredacted(): Promise<string> {
  const log = createLog('silent')
  const store = await openStore({ url: databaseUrl, log, redactionVersion: 1, retentionDays: null })
  const none = buildRuleSet({ rules: [], deep: false })
  const idKey = Buffer.alloc(32, 1)
  const redactor: Redactor = { ...createRedactor({ idKey }), secrets: none, everything: none, personal: none }
  const app = await buildServer({
    config,
    log,
    metrics: createMetrics(),
    store,
    redactorOf: async () => redactor,
    keys: createKeys(config, null),
    now: Date.now,
    draining: () => false,
  })
  return app.listen({ host: '127.0.0.1', port: 0 })
}
