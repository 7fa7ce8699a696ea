import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { dump } from '../helpers/dump.ts'
import { span } from '../helpers/span.ts'
import { realService, written } from './real-service.ts'

const folder = mkdtempSync(join(tmpdir(), 'trace-claims-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
const file = join(folder, 'config.yaml')
writeFileSync(file, 'roles:\n  investigator: [traces:read, content:read, content:reveal]\n')
const service = await realService(t, { TRACE_CONFIG: file })
const { as, database, log, store, parts } = service

/** A secret for each claim, so that the one that is found names its place. */
const secrets = ['subject', 'workspace', 'workflow', 'prefix', 'named'].map(
  (place, i) => [place, `ghp_${'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3z'}${i}${i}`] as const,
)
const secret = Object.fromEntries(secrets) as Record<string, string>
const json = { 'content-type': 'application/json' }
const body = (workflow: string | undefined, id: string) => ({
  resourceSpans: [
    {
      scopeSpans: [
        {
          spans: [
            {
              traceId: id.repeat(32),
              spanId: id.repeat(16),
              name: 'n',
              startTimeUnixNano: `${Date.now()}000000`,
              endTimeUnixNano: `${Date.now() + 1}000000`,
              attributes: [
                { key: 'workflow.execution.id', value: { stringValue: `ex-${id}` } },
                ...(workflow === undefined ? [] : [{ key: 'workflow.id', value: { stringValue: workflow } }]),
              ],
            },
          ],
        },
      ],
    },
  ],
})
const who = {
  sub: `runner ${secret.subject}`,
  workspace: `w-${secret.workspace}`,
  workflows: [secret.workflow, `${secret.prefix}*`],
}

t.test('secrets in claims are neither stored nor logged, and what they name still works', async (t) => {
  const sent = await as(
    { ...who, scope: 'traces:write' },
    'POST',
    '/v1/traces',
    body(secret.workflow, 'a'),
    json,
  )
  t.match(sent, { status: 200, text: '{}' })
  const unnamed = await as(
    { ...who, scope: 'traces:write' },
    'POST',
    '/v1/traces',
    body(undefined, 'b'),
    json,
  )
  t.equal(unnamed.status, 200)
  const reader = { ...who, scope: 'traces:read admin artifacts:read' }
  const found = await as(reader, 'GET', '/api/executions/ex-a/trace/summary')
  t.match(
    found,
    { status: 200, json: { workflow_id: /^redacted-[0-9a-f]{16}$/ } },
    'the grant still covers it',
  )
  t.equal(
    (await as({ ...reader, workflows: ['other'] }, 'GET', '/api/executions/ex-a/trace/summary')).status,
    404,
  )
  t.equal(
    (await as({ ...reader, workspace: 'w-other' }, 'GET', '/api/executions/ex-a/trace/summary')).status,
    404,
  )
  const upload = await as(
    { ...who, scope: 'artifacts:write' },
    'PUT',
    '/api/executions/ex-a/artifacts/f',
    'bytes',
    { 'content-type': 'text/plain', 'x-workflow-id': secret.workflow as string },
  )
  t.equal(upload.status, 201)
  t.equal((await as(reader, 'GET', '/api/artifacts/f/download')).status, 200)
  await as({ ...who, scope: 'traces:write' }, 'POST', '/v1/traces', body(secret.named, 'c'), json)
  const audit = await as(reader, 'GET', '/api/audit')
  t.equal(audit.status, 200)
  t.ok(audit.json.length > 0)
  const metrics = await parts.metrics.registry.metrics()
  for (const [place, text] of secrets) {
    for (const [table, all] of await dump(database.work)) t.notOk(all.includes(text), `${place} in ${table}`)
    t.notOk(log.join('').includes(text), `${place} in the log`)
    t.notOk(audit.text.includes(text), `${place} in the audit log`)
    t.notOk(metrics.includes(text), `${place} in the metrics`)
  }
})

t.test('a workflow outside of the grant is on record, once for all repetitions', async (t) => {
  const mine = { sub: 'eager', workflows: ['mine'], scope: 'traces:write' }
  for (let i = 0; i < 20; i++) {
    const { json: answer } = await as(mine, 'POST', '/v1/traces', body('theirs', 'd'), json)
    t.match(answer, { partialSuccess: { rejectedSpans: /^1$/ } })
  }
  await as(mine, 'POST', '/v1/traces', body('mine', 'e'), json)
  const { json: rows } = await as({ scope: 'admin' }, 'GET', '/api/audit?subject=eager')
  t.equal(rows.length, 1)
  t.match(rows, [{ action: 'workflow_denied', times: 20, details: { workflow: 'theirs' } }])
})

t.test('a role that maps to content:reveal counts: the answer says so', async (t) => {
  await written(store, 'default', ['*'], [span('f', 'f1', null, { executionId: 'ex-f', workflowId: 'wf' })])
  const path = `/api/executions/ex-f/spans/${'f1'.padStart(16, '0')}`
  const by = (claims: object) => as({ workflows: ['*'], ...claims }, 'GET', path)
  t.match(await by({ scope: '', roles: ['investigator'] }), { status: 200, json: { may_reveal: true } })
  t.match(await by({ scope: 'traces:read content:reveal' }), { status: 200, json: { may_reveal: true } })
  t.match(await by({ scope: 'traces:read content:read', roles: ['other'] }), {
    status: 200,
    json: { may_reveal: false },
  })
  const revealed = await as({ scope: '', roles: ['investigator'] }, 'POST', `${path}/reveal`, {
    reason: 'a look',
  })
  t.match(revealed, { status: 200, json: { may_reveal: true } })
})
