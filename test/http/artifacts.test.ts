import t from 'tap'
import type { Artifact } from '../../src/http/schemas/common.ts'
import { artifactService, reader, sha256, spanId, writer } from './artifact-service.ts'

const service = await artifactService(t)
const { put, stored, get, json, rows } = service
const root = { 'workflow.execution.id': 'exec-1', 'workflow.id': 'wf-1' }

t.test('the first upload is 201, the same bytes again 200, other bytes 409', async (t) => {
  const headers = {
    'content-type': 'Text/CSV; charset=utf-8',
    'x-artifact-name': encodeURIComponent('Zahlen ü.csv'),
    'x-workflow-id': 'wf-1',
    'x-span-id': spanId('1').toUpperCase(),
  }
  const first = await put('exec-1/artifacts/numbers', 'a,b\n1,2\n', headers)
  t.equal(first.status, 201)
  const artifact = (await first.json()) as Record<string, string>
  t.match(artifact, {
    id: 'numbers',
    name: 'Zahlen ü.csv',
    media_type: 'text/csv',
    size: 8,
    sha256: sha256('a,b\n1,2\n'),
    span_id: spanId('1'),
    state: 'stored',
  })
  const before = [await rows('artifacts'), await rows('artifact_chunks')]
  const again = await put('exec-1/artifacts/numbers', 'a,b\n1,2\n', {
    ...headers,
    'x-artifact-name': 'other',
  })
  t.equal(again.status, 200)
  t.same(await again.json(), artifact, 'nothing was written')
  const other = await put('exec-1/artifacts/numbers', 'a,b\n1,3\n', headers)
  t.equal(other.status, 409)
  t.match(await other.json(), { code: 'TRACE_ARTIFACT_CONFLICT' })
  t.same([await rows('artifacts'), await rows('artifact_chunks')], before)
  const bytes = await get(`/api/artifacts/${artifact.download_id}/download`)
  t.equal(await bytes.text(), 'a,b\n1,2\n')
  t.equal((await get('/api/artifacts/numbers/download')).status, 200, 'a raw id that is unique')
})

t.test('what is refused stores nothing', async (t) => {
  const before = [await rows('artifacts'), await rows('artifact_chunks')]
  const bytes = 'hello'
  const digest = Buffer.from(sha256('other'), 'hex').toString('base64')
  const cases: [string, number, Record<string, string>, string?][] = [
    ['no token', 401, { authorization: '' }],
    ['no scope', 403, reader()],
    ['a workflow outside the grant', 404, { ...writer(['wf-2']), 'x-workflow-id': 'wf-1' }],
    ['a wrong x-content-sha256', 400, { 'x-content-sha256': sha256('other') }],
    ['a wrong Content-Digest', 400, { 'content-digest': `sha-256=:${digest}:` }],
    ['a wrong Repr-Digest among others', 400, { 'repr-digest': `md5=:AAAA:, sha-256=:${digest}:` }],
    ['a digest that is none', 400, { 'x-content-sha256': 'abc' }],
    ['a span id that is none', 400, { 'x-span-id': 'xyz' }],
    ['a content coding', 415, { 'content-encoding': 'gzip' }],
    ['an id too long', 400, {}, `exec-1/artifacts/${'x'.repeat(257)}`],
    ['a workflow id too long', 400, { 'x-workflow-id': 'w'.repeat(257) }],
  ]
  for (const [what, status, headers, path] of cases) {
    const answer = await put(path ?? 'exec-1/artifacts/refused', bytes, headers)
    t.equal(answer.status, status, what)
    t.match(answer.headers.get('content-type'), 'application/problem+json', what)
  }
  t.same([await rows('artifacts'), await rows('artifact_chunks')], before)
})

t.test('right digests are taken, in every form', async (t) => {
  const base64 = Buffer.from(sha256('hello'), 'hex').toString('base64')
  const headers: Record<string, string>[] = [
    { 'x-content-sha256': sha256('hello').toUpperCase() },
    { 'content-digest': `sha-512=:AAAA:, sha-256=:${base64}:` },
    { 'repr-digest': `sha-256=:${base64}:` },
  ]
  for (const [i, header] of headers.entries()) {
    t.equal((await put(`exec-1/artifacts/digest-${i}`, 'hello', header)).status, 201)
  }
})

t.test('empty bytes are an artifact; no content type is an octet stream', async (t) => {
  const answer = await put('exec-1/artifacts/empty', null, { 'content-type': '', 'x-workflow-id': 'wf-1' })
  t.equal(answer.status, 201)
  const artifact = (await answer.json()) as Artifact
  t.match(artifact, { size: 0, media_type: 'application/octet-stream', name: null, sha256: sha256('') })
  const bytes = await get(`/api/artifacts/${artifact.download_id}/download`)
  t.equal(bytes.status, 200)
  t.equal(bytes.headers.get('content-length'), '0')
  t.equal(
    (await get(`/api/artifacts/${artifact.download_id}/download`, { ...reader(), range: 'bytes=0-' })).status,
    416,
  )
})

t.test('an upload before its spans', async (t) => {
  const named = await put('exec-2/artifacts/named', 'x', { 'x-workflow-id': 'wf-early' })
  const alone = await stored('exec-2/artifacts/alone', 'y')
  t.equal(named.status, 201)
  t.equal(
    (await get('/api/artifacts/named/download', reader(['wf-early']))).status,
    200,
    'under its workflow',
  )
  t.equal((await get('/api/artifacts/named/download', reader(['wf-other']))).status, 404)
  t.equal((await get(`/api/artifacts/${alone.download_id}/download`)).status, 404, 'nobody sees it yet')
  await service.send([['2', '1', null, { 'workflow.execution.id': 'exec-2', 'workflow.id': 'wf-late' }]])
  t.equal((await get(`/api/artifacts/${alone.download_id}/download`, reader(['wf-late']))).status, 200)
  t.equal((await get(`/api/artifacts/${alone.download_id}/download`, reader(['wf-early']))).status, 404)
  t.equal((await get('/api/artifacts/named/download', reader(['wf-late']))).status, 404, 'its workflow stays')
})

t.test('an execution whose workflow the writer may not write', async (t) => {
  const two = ['wf-a', 'wf-b']
  await service.send(
    [['5', '1', null, { 'workflow.execution.id': 'exec-5', 'workflow.name': 'elsewhere' }]],
    writer(two),
  )
  // outside the grant, the provisional name became `unknown`
  t.equal((await put('exec-5/artifacts/a', 'x', writer(two))).status, 404)
  t.equal((await put('exec-unheard/artifacts/a', 'x', writer(two))).status, 201)
})

t.test('realms and workspaces never mix', async (t) => {
  await service.send([['3', '1', null, { 'workflow.execution.id': 'exec-3', 'workflow.id': 'wf-3' }]])
  const own = await stored('exec-3/artifacts/same', 'own')
  const foreign = await put('exec-3/artifacts/same', 'foreign', writer(['wf-3']))
  t.equal(foreign.status, 201, 'another grant is another realm: no conflict, nothing adopted')
  const foreignId = ((await foreign.json()) as Artifact).download_id
  t.equal(await (await get(`/api/artifacts/${own.download_id}/download`)).text(), 'own')
  t.equal(
    (await get(`/api/artifacts/${foreignId}/download`)).status,
    404,
    'its realm names no such execution',
  )
  const elsewhere = reader(['*'], { workspace: 'other' })
  const missing = await get('/api/artifacts/nothing/download', elsewhere)
  const denied = await get(`/api/artifacts/${own.download_id}/download`, elsewhere)
  t.equal(denied.status, 404)
  t.equal(await denied.text(), await missing.text(), 'out of reach is missing, byte for byte')
  const names = (answer: Response) => [...answer.headers.keys()].sort()
  t.same(names(denied), names(missing))
})

t.test('an erased execution takes nothing more', async (t) => {
  await service.send([['4', '1', null, { 'workflow.execution.id': 'exec-4', 'workflow.id': 'wf-4' }]])
  const kept = await stored('exec-4/artifacts/a', 'x')
  const { rows: realms } = await service.database.work.query(
    `select realm from artifacts where execution_id = 'exec-4'`,
  )
  await service.database.work.query(
    `insert into erasures (realm, execution_id, fallback, trace_id, span_ids) values ($1, 'exec-4', false, '', '')`,
    [realms[0].realm],
  )
  t.equal((await put('exec-4/artifacts/b', 'x')).status, 410)
  t.equal((await put('exec-4/artifacts/a', 'x')).status, 410)
  t.equal(
    (await get(`/api/artifacts/${kept.download_id}/download`)).status,
    404,
    'what slipped through is not served',
  )
})

t.test('ids of any kind', async (t) => {
  for (const id of ['__proto__', '../../etc/passwd', 'ä ☃', "a'b", 'a\0b', 'art_short', '%41']) {
    const path = `${encodeURIComponent(`run ${id}`)}/artifacts/${encodeURIComponent(id)}`
    const answer = await put(path, 'x', { 'x-workflow-id': encodeURIComponent('wf ü') })
    t.equal(answer.status, 201, JSON.stringify(id))
    t.equal(((await answer.json()) as Artifact).id, id.replace('\0', '\ufffd'))
    t.equal((await get(`/api/artifacts/${encodeURIComponent(id)}/download`, reader(['wf ü']))).status, 200)
  }
})

t.test('a raw id that two executions have is nobody’s; the download ids work', async (t) => {
  const a = await stored('twin-1/artifacts/report', '1', { 'x-workflow-id': 'wf-1' })
  const b = await stored('twin-2/artifacts/report', '2', { 'x-workflow-id': 'wf-2' })
  t.equal((await get('/api/artifacts/report/download')).status, 404)
  t.equal(
    await (await get('/api/artifacts/report/download', reader(['wf-2']))).text(),
    '2',
    'one may see one',
  )
  t.equal(await (await get(`/api/artifacts/${a.download_id}/download`)).text(), '1')
  t.equal(await (await get(`/api/artifacts/${b.download_id}/download`)).text(), '2')
})

t.test('the spans that refer to it know it', async (t) => {
  await service.send([['1', '1', null, root]])
  const trace = await json('/api/executions/exec-1/trace/summary')
  t.ok(trace.artifacts.some((one: Artifact) => one.id === 'numbers' && one.state === 'stored'))
})
