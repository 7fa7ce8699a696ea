import t from 'tap'
import type { Artifact } from '../../src/http/schemas/common.ts'
import { artifactService, reader, sha256, spanId } from './artifact-service.ts'

const service = await artifactService(t, { TRACE_SIGN_ARTIFACT_IDS: 'true' })
const { stored, get, json, clock } = service
const references = JSON.stringify([
  { id: 'report.md', name: 'Report.md', media_type: 'text/markdown', size: 999, sha256: sha256('other') },
  { id: 'elsewhere', name: 'Plan of jane@example.com.pdf' },
])
await service.send([
  ['1', '1', null, { 'workflow.execution.id': 'exec', 'workflow.id': 'wf' }],
  ['1', '2', '1', { 'workflow.artifacts': references }],
])
const uploads = { 'x-workflow-id': 'wf' }
const report = await stored('exec/artifacts/report.md', '# Report\n', {
  ...uploads,
  'content-type': 'text/markdown',
  'x-span-id': spanId('2'),
})
await stored('exec/artifacts/loose', 'x', { ...uploads, 'x-span-id': spanId('1') })
await stored('exec/artifacts/own', 'y', uploads)
await stored('exec/artifacts/hidden', 'z', { 'x-workflow-id': 'wf-other' })

const byId = (list: Artifact[]) => new Map(list.map((one) => [one.id, one]))

t.test('a span shows its references with the bytes that came, and the uploads that name it', async (t) => {
  const span = await json(`/api/executions/exec/spans/${spanId('2')}`)
  const found = byId(span.artifacts)
  t.same([...found.keys()], ['report.md', 'elsewhere'])
  t.same(found.get('report.md'), {
    id: 'report.md',
    name: 'Report.md',
    media_type: 'text/markdown',
    size: 9,
    sha256: sha256('# Report\n'),
    span_id: spanId('2'),
    download_id: report.download_id,
    state: 'stored',
  })
  t.match(found.get('elsewhere'), { state: 'reference', download_id: null, name: 'Plan of [redacted:email]' })
  const root = await json(`/api/executions/exec/spans/${spanId('1')}`)
  t.match(root.artifacts, [{ id: 'loose', state: 'stored', span_id: spanId('1') }])
})

t.test('the summary lists all of the execution, one entry an id', async (t) => {
  const { artifacts } = await json('/api/executions/exec/trace/summary')
  t.same([...byId(artifacts).keys()].sort(), ['elsewhere', 'hidden', 'loose', 'own', 'report.md'])
  const mine = await json('/api/executions/exec/trace/summary', reader(['wf']))
  t.notOk(byId(mine.artifacts).has('hidden'), 'an upload under a workflow that the reader may not see')
})

t.test('the skeleton counts references and uploads of a span once', async (t) => {
  const before = await get('/api/executions/exec/trace?view=skeleton')
  const { columns } = (await before.json()) as { columns: { artifacts: number[] } }
  t.same(columns.artifacts, [1, 2])
  const tag = before.headers.get('etag') ?? ''
  const known = { ...reader(), 'if-none-match': tag }
  t.equal((await get('/api/executions/exec/trace?view=skeleton', known)).status, 304)
  await stored('exec/artifacts/late', 'x', { ...uploads, 'x-span-id': spanId('2') })
  const after = await get('/api/executions/exec/trace?view=skeleton', known)
  t.equal(after.status, 200, 'an upload changes the answer')
  t.same(((await after.json()) as { columns: { artifacts: number[] } }).columns.artifacts, [1, 3])
})

t.test('without artifacts:read nothing is to be downloaded', async (t) => {
  const headers = reader(['*'], { scope: 'traces:read content:read' })
  const { artifacts } = await json('/api/executions/exec/trace/summary', headers)
  t.match(byId(artifacts).get('report.md'), { state: 'stored', download_id: null })
  const { spans } = await json('/api/executions/exec/trace', headers)
  t.same(
    spans[1].attributes['orcheo.artifact.ids'].slice(0, 2),
    ['report.md', 'elsewhere'],
    'nothing is signed',
  )
  t.equal((await get('/api/artifacts/report.md/download', headers)).status, 403)
})

t.test('Canvas downloads by the id alone, for a quarter of an hour', async (t) => {
  const { spans } = await json('/api/executions/exec/trace')
  const [signed, plain] = spans[1].attributes['orcheo.artifact.ids']
  t.equal(plain, 'elsewhere', 'there are no bytes to sign for')
  const path = `/api/artifacts/${encodeURIComponent(signed)}/download`
  const answer = await get(path, {})
  t.equal(answer.status, 200)
  t.equal(await answer.text(), '# Report\n')
  t.match(answer.headers.get('content-type'), 'text/markdown')
  const later = (minutes: number) => {
    clock.now = () => Date.now() + minutes * 60_000
  }
  later(14)
  t.equal((await get(path, {})).status, 200)
  later(16)
  t.equal((await get(path, {})).status, 401)
  clock.now = Date.now
})

t.test('text is stored without secrets, in part or whole as its policy says', async (t) => {
  const secret = `ghp_${'a1B2'.repeat(9)}`
  const text = `line\ntoken = ${secret}\nmail jane@example.com\n`
  const cases: [string, string, boolean][] = [
    ['text/plain', text, true],
    ['application/json', JSON.stringify({ note: 'x', password: secret }), true],
    ['application/octet-stream', text, true],
    ['text/csv', Buffer.from(`é;${secret}`, 'latin1').toString('latin1'), true],
    ['image/png', `\x89PNG ${secret}`, false],
    ['application/octet-stream', `\0${secret}`, false],
  ]
  for (const [i, [type, body, redacted]] of cases.entries()) {
    const sent = Buffer.from(body, type === 'text/csv' ? 'latin1' : 'utf8')
    const artifact = await stored(`exec/artifacts/secret-${i}`, sent, { ...uploads, 'content-type': type })
    const answer = await get(`/api/artifacts/${artifact.download_id}/download`)
    const bytes = Buffer.from(await answer.arrayBuffer())
    t.equal(bytes.includes(secret), !redacted, `${type} ${i}`)
    t.equal(artifact.sha256, sha256(bytes), 'the digest is that of what is stored')
    t.equal(artifact.size, bytes.length)
    if (type === 'text/csv') t.equal(bytes[0], 0xe9, 'Latin-1 stays Latin-1')
    const again = await service.put(`exec/artifacts/secret-${i}`, sent, { ...uploads, 'content-type': type })
    t.equal(again.status, 200, 'what was redacted is the same again')
  }
  const named = await stored(`exec/artifacts/${secret}`, 'x', {
    ...uploads,
    'x-artifact-name': `key ${secret}.txt`,
  })
  t.notMatch(JSON.stringify(named), secret, 'ids and names, too')
  t.equal((await get(`/api/artifacts/${secret}/download`)).status, 200, 'and it is found by what was sent')
})
