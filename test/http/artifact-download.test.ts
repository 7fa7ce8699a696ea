import t from 'tap'
import { artifactService, reader, sha256, writer } from './artifact-service.ts'

const service = await artifactService(t)
const { stored, get, clock } = service
const bytes = Buffer.from(Array.from({ length: 1_300_000 }, (_, i) => i % 251))
const whole = await stored('exec/artifacts/bytes', bytes, { 'x-workflow-id': 'wf' })
const path = `/api/artifacts/${whole.download_id}/download`

t.test('the head keeps a browser from doing anything but saving', async (t) => {
  for (const method of ['GET', 'HEAD']) {
    const answer = await get(path, reader(), method)
    t.equal(answer.status, 200)
    t.match(Object.fromEntries(answer.headers), {
      'content-type': 'application/octet-stream',
      'content-length': String(bytes.length),
      'content-disposition': 'attachment; filename="bytes"',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'cache-control': 'private, no-store',
      'accept-ranges': 'bytes',
      etag: `"${sha256(bytes)}"`,
    })
    const body = Buffer.from(await answer.arrayBuffer())
    t.ok(body.equals(method === 'GET' ? bytes : Buffer.alloc(0)), method)
  }
})

t.test('ranges', async (t) => {
  const size = bytes.length
  const cases: [string, number, number?, number?][] = [
    ['bytes=0-0', 206, 0, 1],
    ['bytes=0-', 206, 0, size],
    ['bytes=524287-524288', 206, 524_287, 524_289],
    ['bytes=1000000-1299999', 206, 1_000_000, size],
    ['bytes=1299999-9999999', 206, 1_299_999, size],
    ['bytes=-5', 206, size - 5, size],
    ['bytes=-99999999', 206, 0, size],
    ['BYTES=3-4', 206, 3, 5],
    ['bytes=1300000-', 416],
    ['bytes=-0', 416],
    ['bytes=5-4', 200],
    ['bytes=0-1,4-5', 200],
    ['bytes=a-b', 200],
    ['items=0-1', 200],
    ['bytes=-', 200],
  ]
  for (const [range, status, from = 0, to = size] of cases) {
    const answer = await get(path, { ...reader(), range })
    t.equal(answer.status, status, range)
    const body = Buffer.from(await answer.arrayBuffer())
    if (status === 416) {
      t.equal(answer.headers.get('content-range'), `bytes */${size}`)
      t.match(JSON.parse(body.toString()), { code: 'TRACE_RANGE_NOT_SATISFIABLE' })
    } else t.ok(body.equals(bytes.subarray(from, to)), `${range}: the bytes`)
    if (status === 206) t.equal(answer.headers.get('content-range'), `bytes ${from}-${to - 1}/${size}`)
  }
  const tag = `"${sha256(bytes)}"`
  const ifRange = async (value: string) =>
    (await get(path, { ...reader(), range: 'bytes=0-1', 'if-range': value })).status
  t.equal(await ifRange(tag), 206)
  t.equal(await ifRange('"another"'), 200)
  t.equal((await get(path, { ...reader(), 'if-none-match': `"x", W/${tag}` })).status, 304)
})

t.test('names of any kind are safe in the header', async (t) => {
  const long = `${'ä'.repeat(300)}.csv`
  const names: [string, string][] = [
    ['☃', `attachment; filename="_"; filename*=UTF-8''%E2%98%83`],
    ['a\r\nset-cookie: x=1', `attachment; filename="aset-cookie_ x=1"`],
    ['a"b".txt', `attachment; filename="a_b_.txt"`],
    ['../../etc/passwd', `attachment; filename="_.._etc_passwd"`],
    ['..\\..\\win.ini', `attachment; filename="_.._win.ini"`],
    ['.bashrc', `attachment; filename="bashrc"`],
    ['100%.txt', `attachment; filename="100_.txt"; filename*=UTF-8''100%25.txt`],
    ['invoice\u202efdp.exe', `attachment; filename="invoicefdp.exe"`],
    ['zero\u200bwidth', `attachment; filename="zerowidth"`],
    ['\u0007bell\u001b[31m', `attachment; filename="bell[31m"`],
    [`it's (1)*.md`, `attachment; filename="it's (1)_.md"`],
    [`ü'(1).md`, `attachment; filename="_'(1).md"; filename*=UTF-8''%C3%BC%27%281%29.md`],
    ['<img src=x onerror=alert(1)>.svg', `attachment; filename="_img src=x onerror=alert(1)_.svg"`],
    ['...', `attachment; filename="artifact"`],
  ]
  for (const [i, [name, expected]] of names.entries()) {
    const { download_id } = await stored(`exec/artifacts/name-${i}`, 'x', {
      'x-workflow-id': 'wf',
      'x-artifact-name': encodeURIComponent(name),
    })
    const answer = await get(`/api/artifacts/${download_id}/download`)
    t.equal(answer.headers.get('content-disposition'), expected, JSON.stringify(name))
    t.equal(answer.headers.get('set-cookie'), null)
  }
  const raw = await stored('exec/artifacts/latin', 'x', {
    'x-workflow-id': 'wf',
    'x-artifact-name': '50% off',
  })
  t.equal(raw.name, '50% off', 'a name that is not percent-encoded is taken as it is')
  const cut = await stored('exec/artifacts/long', 'x', {
    'x-workflow-id': 'wf',
    'x-artifact-name': encodeURIComponent(long),
  })
  const header = (await get(`/api/artifacts/${cut.download_id}/download`)).headers.get('content-disposition')
  t.ok(decodeURIComponent(header?.split("''")[1] ?? '').length < 200, 'a file system takes it')
})

t.test('types that could run are octet streams', async (t) => {
  const types: [string, string][] = [
    ['text/html', 'application/octet-stream'],
    ['image/svg+xml', 'application/octet-stream'],
    ['application/xhtml+xml', 'application/octet-stream'],
    ['text/javascript', 'application/octet-stream'],
    ['application/x-unheard-of', 'application/octet-stream'],
    ['nonsense', 'application/octet-stream'],
    ['text/markdown', 'text/markdown; charset=utf-8'],
    ['application/json', 'application/json; charset=utf-8'],
    ['application/pdf', 'application/pdf'],
    ['IMAGE/PNG', 'image/png'],
  ]
  for (const [i, [type, served]] of types.entries()) {
    const headers = { 'content-type': type, 'x-workflow-id': 'wf' }
    const { download_id } = await stored(`exec/artifacts/type-${i}`, '<svg onload=alert(1)>', headers)
    const answer = await get(`/api/artifacts/${download_id}/download`)
    t.equal(answer.headers.get('content-type'), served, type)
    t.equal(await answer.text(), '<svg onload=alert(1)>')
  }
})

t.test('who may not', async (t) => {
  const missing = '/api/artifacts/art_AAAAAAAAAAAAAAAAAAAAAA/download'
  for (const one of [path, missing]) {
    t.equal((await get(one, {})).status, 401)
    t.equal((await get(one, { authorization: 'Bearer x.y.z' })).status, 401)
    t.equal((await get(one, writer())).status, 403)
    t.equal((await get(one, reader(['other']))).status, 404)
    t.equal((await get(one, reader(['*'], { workspace: 'other' }))).status, 404)
  }
  const text = async (one: string) => (await get(one, reader(['other']))).text()
  t.equal(await text(path), await text(missing))
})

t.test('a link opens the bytes without a token, for a minute', async (t) => {
  const now = Date.now()
  clock.now = () => now
  t.teardown(() => {
    clock.now = Date.now
  })
  const link = (id: string | null, headers = reader()) => get(`/api/artifacts/${id}/link`, headers, 'POST')
  t.equal((await link(whole.download_id, {} as ReturnType<typeof reader>)).status, 401)
  t.equal((await link(whole.download_id, writer())).status, 403)
  t.equal((await link(whole.download_id, reader(['other']))).status, 404)
  const answer = await link(whole.download_id)
  t.equal(answer.status, 200)
  const { url, expires_at } = (await answer.json()) as { url: string; expires_at: string }
  const lives = Date.parse(expires_at) - now
  t.ok(lives > 58_000 && lives <= 60_000, `${lives} ms`)
  t.notMatch(url, /bearer|token|eyJ/i)
  const opened = await get(url, {})
  t.equal(opened.status, 200)
  t.ok(Buffer.from(await opened.arrayBuffer()).equals(bytes))
  t.equal((await get(url, {}, 'HEAD')).status, 200)
  t.equal((await get(url, { range: 'bytes=0-9' })).status, 206)

  const [, id = ''] = /artifacts\/([^/]+)\//.exec(url) ?? []
  const [handle = '', expiry = '', tag = ''] = id.split('.')
  const flipped = (text: string) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1)
  const later = (Number.parseInt(expiry, 36) + 1).toString(36)
  const other = await stored('exec/artifacts/other', 'x', { 'x-workflow-id': 'wf' })
  const forged = {
    'another tag': [handle, expiry, flipped(tag)],
    'a longer life': [handle, later, tag],
    'another artifact': [other.download_id, expiry, tag],
    'half a tag': [handle, expiry, tag.slice(0, 11)],
    'no tag': [handle, expiry],
    'an empty tag': [handle, expiry, ''],
    'another spelling of the last character': [
      handle,
      expiry,
      tag.slice(0, -1) + String.fromCharCode(tag.charCodeAt(21) + 1),
    ],
  }
  const refused = await (await get(`/api/artifacts/${handle}/download`, {})).text()
  for (const [what, parts] of Object.entries(forged)) {
    const one = await get(`/api/artifacts/${parts.join('.')}/download`, {})
    t.equal(one.status, 401, what)
    t.equal(await one.text(), refused, 'the answer of anybody without a token')
  }
  t.equal((await link(id, {} as ReturnType<typeof reader>)).status, 401, 'a link makes no links')
  clock.now = () => Date.parse(expires_at)
  t.equal((await get(url, {})).status, 401, 'its time is over')
  t.equal((await get(url)).status, 200, 'a token counts all the same')
  t.equal((await get(url, reader(['other']))).status, 404)
})

t.test('bytes that are gone are told to who may see them', async (t) => {
  const { dropArtifactBytesBefore } = await import('../../src/store/artifacts.ts')
  const one = await stored('exec-gone/artifacts/one', 'x', { 'x-workflow-id': 'wf' })
  await service.database.work.query(`update artifacts set stored_at = '2020-01-01' where artifact_id = 'one'`)
  t.equal(await dropArtifactBytesBefore(service.database.work, new Date('2021-01-01')), 1)
  const there = `/api/artifacts/${one.download_id}/download`
  const answer = await get(there)
  t.equal(answer.status, 410)
  t.match(await answer.json(), { code: 'TRACE_ARTIFACT_GONE' })
  t.equal((await get(there, reader(['other']))).status, 404)
  t.equal((await get(`/api/artifacts/${one.download_id}/link`, reader(), 'POST')).status, 410)
})
