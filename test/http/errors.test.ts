import { connect } from 'node:net'
import t from 'tap'
import { StoreUnavailable } from '../../src/errors.ts'
import { describeError } from '../../src/log.ts'
import { bearer, service } from './service.ts'

t.test('unknown routes are problem documents, byte for byte the same', async (t) => {
  const { url } = await service(t)
  const bodies = new Set<string>()
  for (const path of ['/nothing', '/api/nothing', '/api/executions', '/v1/nothing', '/%00']) {
    const response = await fetch(url + path, { headers: bearer() })
    t.equal(response.status, 404, path)
    t.match(response.headers.get('content-type'), /^application\/problem\+json/)
    t.match(response.headers.get('x-request-id'), /^[0-9a-f-]{36}$/)
    bodies.add(await response.text())
  }
  t.equal(bodies.size, 1)
  const [text = '{}'] = bodies
  t.strictSame(JSON.parse(text), {
    type: 'about:blank',
    title: 'Not Found',
    status: 404,
    detail: 'It does not exist, or the token may not see it',
    code: 'TRACE_NOT_FOUND',
  })
})

t.test('the API: 401, 403, 503 and 500 as problems', async (t) => {
  const { url, store, log } = await service(t)
  const nobody = await fetch(`${url}/api/workflows`)
  t.equal(nobody.status, 401)
  t.equal(nobody.headers.get('www-authenticate'), 'Bearer realm="workflow-trace"')
  t.match(await nobody.json(), { status: 401, code: 'TRACE_UNAUTHENTICATED', detail: String })

  const writer = await fetch(`${url}/api/workflows`, { headers: bearer({ scope: 'traces:write' }) })
  t.equal(writer.status, 403)
  t.match(await writer.json(), { code: 'TRACE_SCOPE_MISSING', detail: /traces:read/ })

  store.key = async () => {
    throw new StoreUnavailable()
  }
  const away = await fetch(`${url}/api/workflows/a/executions`, { headers: bearer() })
  t.equal(away.status, 503)
  t.equal(away.headers.get('retry-after'), '1')
  t.match(await away.json(), { code: 'TRACE_STORE_UNAVAILABLE' })

  store.key = async (_workspace, purpose) => {
    if (purpose !== 'cursors') return Buffer.alloc(32)
    throw Object.assign(new Error('value "canary" broke'), {
      code: '22021',
      severity: 'ERROR',
      detail: 'canary',
    })
  }
  const broken = await fetch(`${url}/api/workflows/a/executions`, { headers: bearer() })
  t.equal(broken.status, 500)
  const text = await broken.text()
  t.match(JSON.parse(text), { title: 'Internal Server Error', detail: 'Something went wrong here' })
  t.notMatch(text + log.join(''), /canary|eyJ/)
  t.match(log.join(''), /"code":"22021"/)
})

t.test('request ids: the harmless ones of callers are kept', async (t) => {
  const { url } = await service(t)
  const ask = async (id: string) =>
    (await fetch(`${url}/x`, { headers: { 'x-request-id': id } })).headers.get('x-request-id')
  t.equal(await ask('req-1.2_3'), 'req-1.2_3')
  t.not(await ask('<script>'), '<script>')
  t.not(await ask('x'.repeat(65)), 'x'.repeat(65))
})

t.test('a URL that cannot be decoded is 400', async (t) => {
  const { url } = await service(t)
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write('GET /api/workflows/%zz/executions HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  let answer = ''
  for await (const chunk of socket) answer += chunk
  t.match(answer, /^HTTP\/1.1 400 /)
  t.match(answer, /application\/problem\+json/)
})

t.test('security headers are on every answer', async (t) => {
  const { url } = await service(t)
  for (const path of ['/nothing', '/v1/traces', '/api/workflows']) {
    const { headers } = await fetch(url + path)
    t.equal(headers.get('x-content-type-options'), 'nosniff')
    t.equal(headers.get('x-frame-options'), 'DENY')
    t.equal(headers.get('referrer-policy'), 'no-referrer')
    t.match(
      headers.get('content-security-policy'),
      /default-src 'none';script-src 'self';.*frame-ancestors 'none'/,
    )
    t.match(headers.get('content-security-policy'), /require-trusted-types-for 'script'/)
    t.equal(headers.get('access-control-allow-origin'), null, 'no CORS unless configured')
  }
})

t.test('CORS: only the origins that are configured', async (t) => {
  const { url } = await service(t, { TRACE_CORS_ORIGINS: 'https://canvas.example' })
  const preflight = (origin: string, path: string) =>
    fetch(url + path, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization',
      },
    })
  for (const path of ['/api/executions/x/trace?_refresh=1', '/v1/traces']) {
    const { ok, headers } = await preflight('https://canvas.example', path)
    t.ok(ok)
    t.equal(headers.get('access-control-allow-origin'), 'https://canvas.example')
    t.equal(headers.get('access-control-allow-credentials'), null)
    t.match(headers.get('vary'), /Origin/i)
    const allowed = 'authorization, content-type, content-encoding, cache-control, pragma, last-event-id'
    t.equal(headers.get('access-control-allow-headers'), allowed)
  }
  for (const origin of [
    'https://canvas.example.evil',
    'https://evil.example',
    'null',
    'http://canvas.example',
  ]) {
    const { headers } = await preflight(origin, '/api/workflows')
    t.equal(headers.get('access-control-allow-origin'), null, origin)
  }
  const read = await fetch(`${url}/api/workflows`, { headers: { origin: 'https://canvas.example' } })
  t.equal(read.status, 401)
  t.equal(
    read.headers.get('access-control-allow-origin'),
    'https://canvas.example',
    'errors can be read, too',
  )
  t.match(
    read.headers.get('access-control-expose-headers'),
    /Link, Retry-After, Content-Disposition, x-request-id, ETag/,
  )
})

t.test('what the log says of an error', async (t) => {
  const server = Object.assign(new Error('invalid: "canary"'), {
    code: '22P02',
    severity: 'ERROR',
    detail: 'canary',
    where: 'canary',
    query: 'canary',
    parameters: ['canary'],
    table: 'spans',
    constraint: 'spans_pkey',
  })
  t.match(describeError(server), { code: '22P02', constraint: 'spans_pkey', message: /table spans/ })
  t.notMatch(JSON.stringify(describeError(new Error('outer', { cause: server }))), /canary/)
  let parse: unknown
  try {
    JSON.parse('canary')
  } catch (error) {
    parse = error
  }
  t.notMatch(JSON.stringify(describeError(parse)), /canary/)
  t.match(describeError(new TypeError('x is not a function')), {
    message: 'x is not a function',
    stack: /errors.test/,
  })
  t.strictSame(describeError('canary'), { type: 'string' })
})
