import t from 'tap'
import type { Artifact } from '../../src/http/schemas/common.ts'
import { createRunner, type LogLine } from '../../src/runner/index.ts'
import { artifactService, sha256 } from '../http/artifact-service.ts'
import { token } from '../http/service.ts'

const service = await artifactService(t)
const { url, get, json } = service

function runnerWith(scope: string) {
  const lines: LogLine[] = []
  const runner = createRunner({
    endpoint: url,
    token: token({ sub: 'runner', scope }),
    serviceName: 'test',
    flushIntervalMs: 20,
    log: (line) => void lines.push(line),
  })
  return { runner, lines }
}

t.test('what a runner attaches is downloaded as it was', async (t) => {
  const { runner, lines } = runnerWith('traces:write artifacts:write')
  const big = Buffer.alloc(1_500_000, 7)
  await runner.execution({ workflowId: 'wf ü', executionId: 'run/1' }, async (execution) => {
    execution.artifact({
      id: 'report.md',
      name: 'Report ☃.md',
      mediaType: 'text/markdown',
      bytes: '# Hello\n',
    })
    await execution.node({ id: 'n' }, (node) => {
      node.artifact({ id: 'big', mediaType: 'image/png', bytes: big })
      node.artifact({ id: 'broken type', mediaType: 'text/plain\r\nx-evil: 1', bytes: 'x' })
      node.artifact({ id: 'elsewhere', name: 'a reference', size: 5 })
    })
  })
  await runner.shutdown({ timeoutMs: 10_000 })
  t.same(lines, [])
  const { artifacts } = await json(`/api/executions/${encodeURIComponent('run/1')}/trace/summary`)
  const found = new Map((artifacts as Artifact[]).map((one) => [one.id, one]))
  t.match(found.get('report.md'), {
    state: 'stored',
    size: 8,
    sha256: sha256('# Hello\n'),
    name: 'Report ☃.md',
  })
  t.match(found.get('big'), { state: 'stored', size: big.length, sha256: sha256(big) })
  t.match(found.get('broken type'), { state: 'stored', media_type: 'application/octet-stream' })
  t.match(found.get('elsewhere'), { state: 'reference', size: 5, download_id: null })
  t.ok(found.get('big')?.span_id !== found.get('report.md')?.span_id)
  const report = await get(`/api/artifacts/${found.get('report.md')?.download_id}/download`)
  t.equal(await report.text(), '# Hello\n')
  t.match(report.headers.get('content-disposition'), `filename*=UTF-8''Report%20%E2%98%83.md`)
  const bytes = await get(`/api/artifacts/${found.get('big')?.download_id}/download`)
  t.ok(Buffer.from(await bytes.arrayBuffer()).equals(big))
})

t.test('a token without artifacts:write costs the bytes, not the trace', async (t) => {
  const { runner, lines } = runnerWith('traces:write')
  const result = await runner.execution({ workflowId: 'wf', executionId: 'run-2' }, (execution) => {
    execution.artifact({ id: 'a', bytes: 'x' })
    execution.artifact({ id: 'b', bytes: 'y' })
    return 42
  })
  await runner.shutdown({ timeoutMs: 10_000 })
  t.equal(result, 42)
  t.equal(lines.length, 1, 'one line')
  t.match(lines[0]?.message, 'HTTP 403')
  const { artifacts } = await json('/api/executions/run-2/trace/summary')
  t.match(artifacts, [
    { id: 'a', state: 'reference', size: 1 },
    { id: 'b', state: 'reference', size: 1 },
  ])
})
