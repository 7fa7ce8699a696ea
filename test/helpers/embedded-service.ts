// A service that does nothing but keep an embedded Postgres, for tests that kill it.
// Prints one line of JSON: what it started, or why it did not.
import { pino } from 'pino'
import { startEmbedded } from '../../src/store/embedded/index.ts'

const [dataDir = '', binaries = 'auto'] = process.argv.slice(2)
try {
  const log = pino({ level: 'silent' })
  const started = await startEmbedded({ dataDir, log, binaries: binaries as 'auto' })
  process.once('SIGTERM', () => started.stop().then(() => process.exit(0)))
  setInterval(() => {}, 60_000)
  process.stdout.write(`${JSON.stringify({ url: started.url, pid: started.pid })}\n`)
} catch (error) {
  process.stdout.write(
    `${JSON.stringify({ name: (error as Error).name, message: (error as Error).message })}\n`,
  )
}
