import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { deflateSync, gzipSync } from 'node:zlib'
import type { Registry } from 'prom-client'
import t from 'tap'
import { bearer, service } from './service.ts'

const MiB = 1024 * 1024
const json = { 'content-type': 'application/json' }
const headers = () => ({ ...bearer(), ...json })

/** Sends again while a busy machine is behind with everything, and the service says so. */
async function admitted(send: () => Promise<Response>): Promise<Response> {
  for (;;) {
    const answer = await send()
    if (answer.status !== 503) return answer
    await wait(100)
  }
}

/** One request by hand: what is sent, and everything that comes back until the connection ends. */
function raw(url: string, head: string[], body: (write: (data: string | Buffer) => boolean) => void) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  let answer = ''
  socket.on('data', (data) => {
    answer += data
  })
  socket.on('error', () => {})
  socket.write(`${['POST /v1/traces HTTP/1.1', 'host: x', ...head].join('\r\n')}\r\n\r\n`)
  body((data) => socket.writable && socket.write(data))
  return new Promise<string>((resolve) => socket.on('close', () => resolve(answer)))
}

t.test('too large: said before the body, while it comes, and after inflation', async (t) => {
  const { url } = await service(t)
  const auth = `authorization: ${bearer().authorization}`
  const type = 'content-type: application/json'

  const announced = await raw(url, [auth, type, `content-length: ${100 * MiB}`], () => {})
  t.match(announced, /^HTTP\/1.1 413 /)
  t.match(announced, /connection: close/i)
  t.match(announced, /content-type: application\/json/i)

  const chunked = await raw(url, [auth, type, 'transfer-encoding: chunked'], (write) => {
    const chunk = Buffer.alloc(MiB, ' ')
    for (let i = 0; i < 22; i++) write(Buffer.concat([Buffer.from('100000\r\n'), chunk, Buffer.from('\r\n')]))
  })
  t.match(chunked, /^HTTP\/1.1 413 /)

  const bomb = gzipSync(Buffer.alloc(512 * MiB))
  t.ok(bomb.length < MiB)
  const before = process.memoryUsage().rss
  for (let i = 0; i < 3; i++) {
    const response = await fetch(`${url}/v1/traces`, {
      method: 'POST',
      headers: { ...headers(), 'content-encoding': 'gzip' },
      body: bomb,
    })
    t.equal(response.status, 413)
    t.match(await response.json(), { code: 8 })
  }
  const grown = (process.memoryUsage().rss - before) / MiB
  t.ok(grown < 120, `memory grew by ${Math.round(grown)} MiB`)
})

t.test('strangers are refused before their body is read', async (t) => {
  const { url, parts } = await service(t)
  const answer = await raw(
    url,
    ['content-type: application/json', 'content-length: 5000000', 'connection: close'],
    (w) => w('{'),
  )
  t.match(answer, /^HTTP\/1.1 401 /)
  const bomb = gzipSync(Buffer.alloc(64 * MiB))
  const response = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { ...json, 'content-encoding': 'gzip' },
    body: bomb,
  })
  t.equal(response.status, 401)
  t.notMatch(await parts.metrics.registry.metrics(), /ingest_bytes_total\{/)
})

t.test('what is in flight is bounded, and given back', async (t) => {
  const { url, store, parts } = await service(t)
  const gate = withResolvers()
  store.write = async (_writer, spans) => {
    await gate.promise
    return { stored: spans.length, refused: [] }
  }
  const filler = randomBytes(7 * MiB).toString('hex')
  const body = JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'pad', value: { stringValue: filler } }] },
        scopeSpans: [{ spans: [{ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), name: 'x' }] }],
      },
    ],
  })
  const send = () => fetch(`${url}/v1/traces`, { method: 'POST', headers: headers(), body })
  const first = Array.from({ length: 4 }, () => admitted(send))
  while ((await held(parts.metrics.registry)) < 4 * body.length) await wait(20)
  const refused = await send()
  t.equal(refused.status, 503)
  t.equal(refused.headers.get('retry-after'), '1')
  gate.resolve(undefined)
  for (const response of await Promise.all(first)) t.equal(response.status, 200)
  t.equal(await held(parts.metrics.registry), 0)
  t.equal((await send()).status, 200)
})

t.test('a caller that goes away gives its share back', async (t) => {
  const { url, parts, log } = await service(t)
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  const head = [
    `authorization: ${bearer().authorization}`,
    'content-type: application/json',
    'content-length: 1000000',
  ]
  socket.write(`POST /v1/traces HTTP/1.1\r\nhost: x\r\n${head.join('\r\n')}\r\n\r\n{"a":`)
  while ((await held(parts.metrics.registry)) === 0) await wait(20)
  t.equal(await held(parts.metrics.registry), '{"a":'.length)
  socket.destroy()
  while ((await held(parts.metrics.registry)) !== 0) await wait(20)
  t.equal(await held(parts.metrics.registry), 0)
  t.notMatch(log.join(''), /refused for now/, 'a caller that went away is not ours to mend')
})

t.test('who announces much and sends little holds little', async (t) => {
  const { url, parts } = await service(t)
  const head = [
    `authorization: ${bearer().authorization}`,
    'content-type: application/json',
    `content-length: ${20 * MiB}`,
  ]
  for (let n = 0; n < 8; n++) {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    t.teardown(() => socket.destroy())
    socket.write(`POST /v1/traces HTTP/1.1\r\nhost: x\r\n${head.join('\r\n')}\r\n\r\n{`)
  }
  while ((await held(parts.metrics.registry)) < 8) await wait(20)
  t.equal(await held(parts.metrics.registry), 8)
  const body = `${' '.repeat(18 * MiB)}{}`
  const answer = await fetch(`${url}/v1/traces`, { method: 'POST', headers: headers(), body })
  t.equal(answer.status, 200, 'a large body finds room beside them')
})

t.test('what a body holds beyond what its end says is counted', async (t) => {
  const { url, store, parts } = await service(t)
  const gate = withResolvers()
  store.write = async (_writer, spans) => {
    await gate.promise
    return { stored: spans.length, refused: [] }
  }
  const span = '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"a1","spanId":"b1"}]}]}]}'
    .replace('a1', 'a'.repeat(32))
    .replace('b1', 'b'.repeat(16))
  // two members: the last one, whose size stands at the end, has one blank
  const two = Buffer.concat([gzipSync(span + ' '.repeat(19 * MiB)), gzipSync(' ')])
  const flat = deflateSync(span + ' '.repeat(19 * MiB))
  const send = (encoding: string, body: Buffer) =>
    fetch(`${url}/v1/traces`, {
      method: 'POST',
      headers: { ...headers(), 'content-encoding': encoding },
      body: body as BodyInit,
    })
  const taken = [
    admitted(() => send('gzip', two)),
    admitted(() => send('deflate', flat)),
    admitted(() => send('gzip', two)),
  ]
  while ((await held(parts.metrics.registry)) < 57 * MiB) await wait(20)
  t.equal((await send('gzip', two)).status, 503)
  gate.resolve(undefined)
  for (const answer of await Promise.all(taken)) t.equal(answer.status, 200)
  t.equal(await held(parts.metrics.registry), 0)
})

t.test('every answer comes within 8 s, with Retry-After', async (t) => {
  const { url, store, log } = await service(t)
  const gate = withResolvers()
  store.write = async () => {
    await gate.promise
    return { stored: 1, refused: [] }
  }
  const body = JSON.stringify({
    resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }] }] }],
  })
  const start = Date.now()
  const response = await fetch(`${url}/v1/traces?what=they-look-for`, {
    method: 'POST',
    headers: headers(),
    body,
  })
  t.equal(response.status, 503)
  t.equal(response.headers.get('retry-after'), '1')
  t.match(await response.json(), { code: 14 })
  t.ok(Date.now() - start < 9_000)
  gate.resolve(undefined)
  await wait(100)
  t.match(log.join(''), /TRACE_TIMED_OUT/)
  t.notMatch(
    log.join(''),
    /already sent|they-look-for/,
    'what comes too late is not told, nor what was asked',
  )
})

async function held(registry: Registry): Promise<number> {
  const [, value] = /^trace_ingest_in_flight_bytes (\d+)$/m.exec(await registry.metrics()) ?? []
  return Number(value)
}

function withResolvers() {
  let resolve: (value: unknown) => void = () => {}
  const promise = new Promise((done) => {
    resolve = done
  })
  return { promise, resolve }
}
