import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { signCursor } from '../../src/http/cursor.ts'
import { span } from '../helpers/span.ts'
import { realService, written } from './real-service.ts'

/** The table of the edge: what a browser, a proxy and a stranger may try (docs/threat-model.md). */
const service = await realService(t, { TRACE_CORS_ORIGINS: 'https://canvas.example' })
const { store, as, ask } = service
const reader = { scope: 'traces:read content:read artifacts:read', sub: 'reader' }

t.test('CORS: exact origins, no credentials', async (t) => {
  for (const origin of [
    'null',
    'https://canvas.example.evil',
    'https://evil.example',
    'http://canvas.example',
    'https://CANVAS.example.',
  ]) {
    const { headers } = await as(reader, 'GET', '/api/workflows', undefined, { origin })
    t.equal(headers['access-control-allow-origin'], undefined, origin)
    t.equal(headers['access-control-allow-credentials'], undefined)
  }
  const { headers } = await as(reader, 'GET', '/api/workflows', undefined, {
    origin: 'https://canvas.example',
  })
  t.equal(headers['access-control-allow-origin'], 'https://canvas.example')
  t.equal(headers['access-control-allow-credentials'], undefined)
  t.match(headers.vary, /Origin/i)
  const closed = await realService(t)
  const answer = await closed.as(reader, 'GET', '/api/workflows', undefined, {
    origin: 'https://canvas.example',
  })
  t.equal(answer.headers['access-control-allow-origin'], undefined, 'off unless configured')
})

t.test('forms of other sites reach nothing: there is no cookie, and only JSON is read', async (t) => {
  const path = '/api/executions/e/spans/s/reveal'
  for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x']) {
    t.equal(
      (await ask('POST', path, { 'content-type': type, cookie: 'token=x' }, 'reason=x')).status,
      401,
      type,
    )
    const revealer = { scope: 'content:reveal', sub: 'r' }
    const { status } = await as(revealer, 'POST', path, '{"reason":"x"}', { 'content-type': type })
    t.ok(status === 415 || status === 400, `${type}: ${status}`)
  }
  const { headers } = await as(reader, 'GET', '/api/workflows')
  t.equal(headers['set-cookie'], undefined)
})

t.test('no URL of a span is fetched', async (t) => {
  let asked = 0
  const listener = createServer((_request, response) => {
    asked++
    response.end()
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  t.teardown(async () => {
    listener.closeAllConnections()
    await new Promise((resolve) => listener.close(resolve))
  })
  const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/x`
  const message = JSON.stringify([{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }])
  await written(
    store,
    'default',
    ['*'],
    [
      span('5', '51', null, {
        executionId: 'ssrf',
        workflowId: 'wf',
        kind: 'llm',
        attributes: new Map([
          ['url.full', url],
          ['http.url', url],
        ]),
        content: new Map([
          ['gen_ai.input.messages', message],
          ['input.value', url],
        ]),
        artifacts: [{ id: url, name: url, mediaType: 'text/html', size: null, sha256: null }],
        resource: { attributes: new Map([['service.name', url]]), droppedAttributesCount: 0, schemaUrl: url },
      }),
    ],
  )
  for (const path of [
    'trace',
    'trace?view=skeleton',
    'trace/summary',
    `spans/${'51'.padStart(16, '0')}`,
    'trace/export',
  ]) {
    t.equal((await as(reader, 'GET', `/api/executions/ssrf/${path}`)).status, 200, path)
  }
  await as(reader, 'GET', `/api/artifacts/${encodeURIComponent(url)}/download`)
  t.equal(asked, 0)
})

t.test('cursors: only what was made here, for this list', async (t) => {
  const key = await store.key('', 'cursors')
  const path = '/api/workflows/wf/executions?cursor='
  const good = signCursor(key, 'executions\0wf', ['9', 'x'])
  t.equal((await as(reader, 'GET', path + good)).status, 200)
  const [body = '', tag = ''] = good.split('.')
  const forged = [
    `${Buffer.from('["9\' or 1=1--","x"]').toString('base64url')}.${tag}`,
    `${body}.${tag.slice(0, -2)}`,
    `${body}.`,
    body,
    `.${tag}`,
    signCursor(key, 'executions\0other', ['9', 'x']),
    signCursor(key, 'skeleton\0wf', ['9', 'x']),
    signCursor(Buffer.alloc(32), 'executions\0wf', ['9', 'x']),
    '__proto__.__proto__',
  ]
  for (const cursor of forged) {
    const { status, json } = await as(reader, 'GET', path + encodeURIComponent(cursor))
    t.match({ status, code: json?.code }, { status: 400, code: 'TRACE_BAD_CURSOR' }, cursor)
  }
})

t.test('SQL in every parameter is text', async (t) => {
  const nasty = ["'; drop table spans; --", "' or '1'='1", '\\', '%', '{1,2}', '$1', '"', 'a\u0000b']
  for (const one of nasty) {
    const value = encodeURIComponent(one)
    for (const path of [
      `/api/executions/${value}/trace`,
      `/api/executions/ssrf/trace?workflow=${value}`,
      `/api/executions/ssrf/trace?view=skeleton&q=${value}`,
      `/api/executions/ssrf/spans/${value}`,
      `/api/executions/ssrf/spans/51?trace_id=${value.slice(0, 32)}`,
      `/api/workflows/${value}/executions?status=${value}&thread_id=${value}&q=${value}`,
      `/api/artifacts/${value}/download`,
    ]) {
      const { status, text } = await as({ ...reader, sub: one }, 'GET', path)
      t.ok(status < 500, `${path}: ${status} ${text}`)
    }
  }
  const { rows } = await service.database.work.query('select count(*)::int as count from spans')
  t.strictSame(rows, [{ count: 1 }])
})

t.test('proxies are not believed', async (t) => {
  const spoofed = {
    'x-forwarded-for': '1.2.3.4',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    forwarded: 'for=1.2.3.4',
  }
  const { headers, text } = await as(reader, 'GET', '/api/workflows/wf/executions?limit=1', undefined, {
    ...spoofed,
    host: 'evil.example',
  })
  t.notMatch(JSON.stringify(headers) + text, /evil\.example/)
  t.notMatch(service.log.join(''), /1\.2\.3\.4|evil\.example/)
})

t.test('request ids cannot write into headers or logs', async (t) => {
  for (const id of ['a b', 'x'.repeat(65), '<script>', 'é']) {
    const { headers } = await as(reader, 'GET', '/api/workflows', undefined, { 'x-request-id': id })
    t.match(headers['x-request-id'], /^[0-9a-f-]{36}$/, id)
  }
  const kept = await as(reader, 'GET', '/api/workflows', undefined, { 'x-request-id': 'abc-1' })
  t.equal(kept.headers['x-request-id'], 'abc-1')
})

t.test('every answer carries the security headers', async (t) => {
  for (const [status, path] of [
    [200, '/api/workflows'],
    [404, '/api/nothing'],
    [404, '/nothing'],
  ] as const) {
    const answer = await as(reader, 'GET', path)
    t.match(
      answer,
      {
        status,
        headers: {
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'no-referrer',
          'content-security-policy':
            /^default-src 'none';.*frame-ancestors 'none';require-trusted-types-for 'script'$/,
          'x-frame-options': 'DENY',
        },
      },
      path,
    )
  }
})
