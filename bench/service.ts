/** The service in a process of its own, with redaction, or (`unredacted`) with rules that find nothing. */
import { createKeys } from '../src/access/keys.ts'
import { loadConfig } from '../src/config.ts'
import { createLog } from '../src/log.ts'
import { startService } from '../src/main.ts'
import { createMetrics } from '../src/metrics.ts'
import { createRedactor, type Redactor } from '../src/redact/index.ts'
import { buildRuleSet } from '../src/redact/rule-set.ts'
import { buildServer } from '../src/server.ts'
import { openStore } from '../src/store/index.ts'

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
