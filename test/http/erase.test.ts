import t from 'tap'
import { type RealService, realService } from './real-service.ts'

t.setTimeout(60_000)

const json = { 'content-type': 'application/json' }
const writer = { scope: 'traces:write artifacts:write' }
const eraser = { scope: 'traces:delete traces:read', sub: 'officer' }

function send(service: RealService, executionId: string, workflowId: string, traceId = 'c'.repeat(32)) {
  const attribute = (key: string, text: string) => ({ key, value: { stringValue: text } })
  const span = {
    traceId,
    spanId: executionId.padStart(16, '0'),
    name: 'root',
    startTimeUnixNano: `${Date.now()}000000`,
    endTimeUnixNano: `${Date.now()}000001`,
    attributes: [attribute('workflow.execution.id', executionId), attribute('workflow.id', workflowId)],
  }
  const body = { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }
  return service.as(writer, 'POST', '/v1/traces', Buffer.from(JSON.stringify(body)), json)
}

t.test('DELETE: a receipt, then the answer of a missing one; late spans are told why', async (t) => {
  const service = await realService(t)
  t.match(await send(service, 'e1', 'w1'), { status: 200, text: '{}' })
  const bytes = { 'content-type': 'text/plain', 'x-workflow-id': 'w1' }
  const upload = await service.as(writer, 'PUT', '/api/executions/e1/artifacts/a1', 'some bytes', bytes)
  t.equal(upload.status, 201)
  const path = '/api/executions/e1'
  t.equal((await service.as({ scope: 'traces:read' }, 'DELETE', path)).status, 403)
  const missing = await service.as(eraser, 'DELETE', '/api/executions/nothing')
  t.equal(missing.status, 404)
  for (const claims of [
    { ...eraser, workflows: ['w2'] },
    { ...eraser, workspace: 'other' },
  ]) {
    t.equal((await service.as(claims, 'DELETE', path)).text, missing.text)
  }
  t.equal((await service.as(eraser, 'DELETE', `${path}?workflow=w2`)).text, missing.text)
  const done = await service.as(eraser, 'DELETE', `${path}?workflow=w1`)
  t.equal(done.status, 200)
  t.match(done.json, { execution_id: 'e1', executions: 1, spans: 1, artifacts: 1, traces: 1 })
  t.match(done.json.receipt_id, /^[0-9a-f-]{36}$/)
  t.ok(Math.abs(Date.parse(done.json.erased_at) - Date.now()) < 60_000)
  t.equal((await service.as(eraser, 'DELETE', path)).text, missing.text)
  for (const url of [`${path}/trace`, `${path}/trace/summary`, `${path}/trace/export`]) {
    t.equal((await service.as(eraser, 'GET', url)).text, missing.text, url)
  }
  for (const table of ['spans', 'executions', 'artifacts', 'artifact_chunks']) {
    const { rows } = await service.database.read.query(`select count(*)::int as n from ${table}`)
    t.equal(rows[0]?.n, 0, table)
  }
  const late = await send(service, 'e1', 'w1')
  t.equal(late.status, 200)
  t.match(late.json, { partialSuccess: { rejectedSpans: '1', errorMessage: /erased/ } })
  t.match(await service.parts.metrics.registry.metrics(), /trace_spans_refused_total\{reason="erased"\} 1/)
  const { rows } = await service.database.read.query(
    `select subject, workspace, execution_id, workflow_id, details from audit_log where action = 'erase'`,
  )
  t.match(rows, [
    {
      subject: 'officer',
      workspace: 'default',
      execution_id: 'e1',
      workflow_id: 'w1',
      details: { receipt_id: done.json.receipt_id, spans: 1, artifacts: 1 },
    },
  ])
})

t.test('every execution of the id that the token may delete goes, whoever wrote it', async (t) => {
  const service = await realService(t)
  for (const workflow of ['w1', 'w2', 'w3']) {
    const grant = { scope: 'traces:write', workflows: [workflow] }
    const attribute = (key: string, text: string) => ({ key, value: { stringValue: text } })
    const attributes = [attribute('workflow.execution.id', '7'), attribute('workflow.id', workflow)]
    const span = { traceId: 'd'.repeat(32), spanId: '1'.repeat(16), name: 'root', attributes }
    const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })
    t.equal((await service.as(grant, 'POST', '/v1/traces', Buffer.from(body), json)).status, 200)
  }
  const some = { ...eraser, workflows: ['w1', 'w2'] }
  t.match((await service.as(some, 'DELETE', '/api/executions/7')).json, { executions: 2, spans: 2 })
  t.equal(
    (await service.as({ scope: 'traces:read' }, 'GET', '/api/executions/7/trace/summary')).json.workflow_id,
    'w3',
  )
})
