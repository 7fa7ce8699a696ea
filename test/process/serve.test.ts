import { once } from 'node:events'
import { statSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { folder, run } from './run.ts'

// Milliseconds: starting from sources and making a database takes seconds on a busy machine.
t.setTimeout(240_000)

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const ids = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{ ...ids, name: 'work' }] }] }] })
const json = { 'content-type': 'application/json' }

t.test('from nothing: ready, link, ingest, health, Ctrl-C', async (t) => {
  const dataDir = folder(t)
  const service = run(t, ['serve'], { TRACE_DATA_DIR: dataDir })
  const { url = '', admin_url: admin = '' } = await service.line('ready')
  t.match(url, /^http:\/\/127\.0\.0\.1:\d+$/)
  t.equal((await fetch(`${admin}/livez`)).status, 200)
  t.equal((await fetch(`${admin}/readyz`)).status, 200)
  t.equal((await fetch(`${url}/metrics`)).status, 404, 'metrics are not on the public port')

  while (!service.err().includes('OTLP_HEADERS')) await wait(20)
  const link = /http:\S+#token=(\S+)/.exec(service.err())?.[1] ?? ''
  const header = /OTLP_HEADERS=authorization=(\S+)/.exec(service.err())?.[1] ?? ''
  t.match(service.err(), `OTEL_EXPORTER_OTLP_ENDPOINT=${url}`)
  t.notMatch(service.out(), link, 'no token in the log')
  t.equal(statSync(join(dataDir, 'signing-secret')).mode & 0o777, 0o600)

  const authorization = decodeURIComponent(header)
  const sent = await fetch(`${url}/v1/traces`, { method: 'POST', headers: { ...json, authorization }, body })
  t.equal(sent.status, 200)
  t.equal(await sent.text(), '{}')
  const asReader = { ...json, authorization: `Bearer ${link}` }
  t.equal((await fetch(`${url}/v1/traces`, { method: 'POST', headers: asReader, body })).status, 403)
  t.equal((await fetch(`${url}/api/workflows`, { headers: asReader })).status, 200)
  t.equal((await fetch(`${url}/api/workflows`, { headers: { authorization } })).status, 403)

  const made = run(
    t,
    ['token', '--workflows', 'a,b*', '--scope', 'traces:read traces:write', '--subject', 'x'],
    {
      TRACE_DATA_DIR: dataDir,
    },
  )
  t.equal(await made.ended, 0)
  const own = { ...json, authorization: `Bearer ${made.out().trim()}` }
  t.equal((await fetch(`${url}/v1/traces`, { method: 'POST', headers: own, body })).status, 200)
  const text = await (await fetch(`${admin}/metrics`)).text()
  for (const name of [
    'trace_spans_stored_total 2',
    'trace_http_requests_total\\{route="/v1/traces",method="POST",status="200"\\} 2',
    'trace_commit_duration_seconds_count [12]',
    'trace_pool_connections\\{pool="ingest",state="total"\\} \\d',
    'trace_rollup_lag_seconds',
    'nodejs_eventloop_lag_seconds',
    'trace_ready 1',
  ]) {
    t.match(text, new RegExp(name))
  }

  const start = Date.now()
  service.child.kill('SIGINT')
  service.child.kill('SIGINT')
  t.equal(await service.ended, 0, 'npm passes on the signal that the terminal sent already')
  t.ok(Date.now() - start < 4_000, 'a Ctrl-C waits for nobody')
  t.notMatch(service.out() + service.err(), /"level":"(error|fatal)"/)
})

t.test('ready is said when there is a listener to send traffic to', async (t) => {
  const [port, adminPort] = [await freePort(), await freePort()]
  const service = run(t, ['serve'], {
    TRACE_DATA_DIR: folder(t),
    TRACE_JWT_SECRET: 's'.repeat(40),
    HOST: '127.0.0.1',
    PORT: String(port),
    TRACE_ADMIN_PORT: String(adminPort),
  })
  const isReady = async () =>
    (await fetch(`http://127.0.0.1:${adminPort}/readyz`).catch(() => null))?.status === 200
  while (!(await isReady())) await wait(5)
  t.equal(
    (await fetch(`http://127.0.0.1:${port}/v1/traces`, { method: 'POST', headers: json, body })).status,
    401,
  )
  service.child.kill('SIGINT')
  t.equal(await service.ended, 0)
})

t.test('SIGTERM: red at once, serving for 5 s, then the end', async (t) => {
  const service = run(t, ['serve'], {
    TRACE_DATA_DIR: folder(t),
    TRACE_JWT_SECRET: 's'.repeat(40),
    HOST: '127.0.0.1',
  })
  const { url = '', admin_url: admin = '' } = await service.line('ready')
  t.notMatch(service.err(), /token=/, 'with configured keys nothing is handed out')
  const start = Date.now()
  service.child.kill('SIGTERM')
  await service.line('stopping')
  const ready = await fetch(`${admin}/readyz`)
  t.equal(ready.status, 503)
  t.strictSame(await ready.json(), { status: 'draining' })
  t.equal((await fetch(`${admin}/livez`)).status, 200)
  await wait(3_000)
  const late = await fetch(`${url}/v1/traces`, { method: 'POST', headers: json, body })
  t.equal(late.status, 401, 'it still answers')
  t.equal(late.headers.get('connection'), 'close')
  t.equal(await service.ended, 0)
  const took = Date.now() - start
  t.ok(took >= 5_000 && took < 10_000, `${took} ms`)
})

t.test('a second signal ends it at once with 1', async (t) => {
  const service = run(t, ['serve'], { TRACE_DATA_DIR: folder(t) })
  await service.line('ready')
  service.child.kill('SIGTERM')
  await service.line('stopping')
  await wait(700)
  const start = Date.now()
  service.child.kill('SIGTERM')
  t.equal(await service.ended, 1)
  t.ok(Date.now() - start < 2_000)
})
