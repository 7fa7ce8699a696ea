/**
 * The built service in a process of its own, with redaction, or (`unredacted`) with rules that find nothing. Plain
 * JavaScript, because what ships is measured: a loader of sources costs memory, and every closure the name it keeps.
 */
import { createKeys } from '../dist/access/keys.js'
import { loadConfig } from '../dist/config.js'
import { boundHeapGrowth } from '../dist/heap.js'
import { RowThreads } from '../dist/ingest/row-threads.js'
import { createLog } from '../dist/log.js'
import { startService } from '../dist/main.js'
import { createMetrics } from '../dist/metrics.js'
import { buildServer } from '../dist/server.js'
import { openStore } from '../dist/store/index.js'
import { withoutRules } from './without-rules.mjs'

// an end of its own, so that a profile (`--cpu-prof`) is written
process.once('SIGINT', () => process.exit())

boundHeapGrowth()

const databaseUrl = process.env.DATABASE_URL ?? ''
const config = {
  ...loadConfig({
    env: {
      HOST: '127.0.0.1',
      PORT: '0',
      TRACE_ADMIN_PORT: '0',
      TRACE_GRPC_PORT: '',
      TRACE_JWT_SECRET: process.env.BENCH_SECRET,
      TRACE_INGEST_THREADS: process.env.TRACE_INGEST_THREADS,
    },
  }),
  databaseUrl,
}

if (process.argv.includes('unredacted')) process.send({ url: await unredacted() })
else process.send({ url: (await startService(config, createLog('silent'))).url })

/** The same walk, with no rule to look for. */
async function unredacted() {
  const log = createLog('silent')
  const store = await openStore({ url: databaseUrl, log, redactionVersion: 1, retentionDays: null })
  const redactor = withoutRules()
  const file = new URL('unredacted-thread.mjs', import.meta.url)
  const app = await buildServer({
    config,
    log,
    metrics: createMetrics(),
    store,
    redactorOf: async () => redactor,
    threads: config.ingestThreads > 0 ? new RowThreads(config.ingestThreads, {}, { file }) : null,
    keys: createKeys(config, null),
    now: Date.now,
    draining: () => false,
  })
  return app.listen({ host: '127.0.0.1', port: 0 })
}
