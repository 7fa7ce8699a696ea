import { createServer } from 'node:net'
import t, { type Test } from 'tap'
import { loadConfig } from '../../src/config.ts'
import { createLog } from '../../src/log.ts'
import { startService } from '../../src/main.ts'
import { testDatabase } from '../helpers/database.ts'
import { secret } from '../http/service.ts'

/** A service on a database of the test's own, and what it logged. */
async function start(t: Test, env: Record<string, string>) {
  const { url } = await testDatabase(t)
  const common = { HOST: '127.0.0.1', PORT: '0', TRACE_ADMIN_PORT: '0', TRACE_JWT_SECRET: secret }
  const config = { ...loadConfig({ env: { ...common, ...env } }), databaseUrl: url }
  const lines: string[] = []
  const log = createLog('info', { write: (line) => void lines.push(line) })
  const service = await startService(config, log)
  t.teardown(() => service.close())
  return { service, ready: lines.map((line) => JSON.parse(line)).find(({ msg }) => msg === 'ready'), lines }
}

t.test('a port of one’s own is in the ready line; empty is off', async (t) => {
  const own = await start(t, { TRACE_GRPC_PORT: '0' })
  t.match(own.service.grpcUrl, /^http:\/\/127\.0\.0\.1:[1-9]\d*$/)
  t.equal(own.ready.grpc_url, own.service.grpcUrl)
  const off = await start(t, { TRACE_GRPC_PORT: '' })
  t.equal(off.service.grpcUrl, null)
  t.notOk('grpc_url' in off.ready)
})

t.test('a port that is taken stops only a start that asked for it', async (t) => {
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  t.teardown(() => void other.close())
  const { port } = other.address() as { port: number }
  await t.rejects(start(t, { TRACE_GRPC_PORT: String(port) }), { message: /TRACE_GRPC_PORT.*cannot listen/ })

  const standard = createServer()
  // Whoever has OTLP's own port, it is taken.
  await new Promise<void>((resolve) => {
    standard.once('error', () => resolve())
    standard.listen(4317, '127.0.0.1', () => resolve())
  })
  t.teardown(() => void standard.close())
  const { service, lines } = await start(t, {})
  t.equal(service.grpcUrl, null)
  t.equal(lines.filter((line) => /TRACE_GRPC_PORT: cannot listen/.test(line)).length, 1)
})
