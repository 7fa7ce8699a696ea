import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { artifactService, reader, writer } from './artifact-service.ts'

const file = join(t.testdir(), 'trace.yaml')
writeFileSync(
  file,
  `limits:
  max_artifact_bytes: 2000000
redaction:
  workflows:
    - match: secretive
      content: none
    - match: masked
      content: masked
`,
)
const service = await artifactService(t, { TRACE_CONFIG: file })
const { put, stored, get, rows } = service
const named = { 'x-workflow-id': 'wf' }

t.test('413 beyond the limit, whether the length is said or not', async (t) => {
  t.equal((await put('exec/artifacts/fits', Buffer.alloc(2_000_000), named)).status, 201)
  const before = [await rows('artifacts'), await rows('artifact_chunks')]
  const said = await put('exec/artifacts/a', Buffer.alloc(2_000_001), named)
  t.equal(said.status, 413)
  const pieces = [Buffer.alloc(1_500_000), Buffer.alloc(500_001)]
  const unsaid = await put(
    'exec/artifacts/a',
    new ReadableStream({
      pull(controller) {
        const piece = pieces.shift()
        if (piece === undefined) controller.close()
        else controller.enqueue(piece)
      },
    }),
    { ...named, 'content-type': 'image/png' },
  )
  t.equal(unsaid.status, 413)
  t.match(await unsaid.json(), { code: 'TRACE_BODY_TOO_LARGE' })
  t.same([await rows('artifacts'), await rows('artifact_chunks')], before)
})

t.test('a workflow that keeps no content keeps no artifacts', async (t) => {
  const answer = await put('exec/artifacts/b', 'x', { 'x-workflow-id': 'secretive' })
  t.equal(answer.status, 403)
  t.match(await answer.json(), { code: 'TRACE_CONTENT_OFF' })
  t.equal((await put('exec/artifacts/b', 'x')).status, 403, 'nor one of an execution that nobody knows yet')
  await service.send([['9', '1', null, { 'workflow.execution.id': 'known', 'workflow.id': 'wf' }]])
  t.equal((await put('known/artifacts/b', 'x')).status, 201, 'a known one has the policy of its workflow')
  const mail = 'write to jane@example.com'
  const masked = await stored('exec/artifacts/m', mail, {
    'x-workflow-id': 'masked',
    'content-type': 'text/plain',
  })
  const bytes = await get(`/api/artifacts/${masked.download_id}/download`)
  t.equal(await bytes.text(), 'write to [redacted:email]', 'stored without personal data')
})

t.test('while the database is away everything is 503, to be tried again', async (t) => {
  const { download_id } = await stored('exec/artifacts/there', 'x', named)
  const { url } = (await (await get(`/api/artifacts/${download_id}/link`, reader(), 'POST')).json()) as {
    url: string
  }
  const { store } = service
  // the pools of a closed store answer like those of a database that is away
  await store.close()
  for (const answer of [
    await put('exec/artifacts/c', 'x', named),
    await get(`/api/artifacts/${download_id}/download`),
    await get(`/api/artifacts/${download_id}/link`, reader(), 'POST'),
    await get(url, {}),
  ]) {
    t.equal(answer.status, 503)
    t.ok(Number(answer.headers.get('retry-after')) > 0)
  }
  t.equal(
    (await put('exec/artifacts/c', 'x', { ...named, ...writer(['other']) })).status,
    404,
    'before it is asked',
  )
})
