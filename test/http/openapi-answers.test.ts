import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import type { OpenApi } from '../../src/http/openapi/openapi.ts'
import { SCOPES } from '../../src/model/principal.ts'
import { checkOf } from './openapi-schema.ts'
import { type Answer, realService } from './real-service.ts'

const { as, ask, store } = await realService(t)
const all = { scope: SCOPES.join(' '), workflows: ['*'], sub: 'reader' }
const document = (await ask('GET', '/openapi.json')).json as OpenApi
const json = { 'content-type': 'application/json' }

/** Asserts that an answer has a status and what the document says of it. */
async function valid(t: Test, route: string, status: number, answer: Answer, what = '') {
  const name = `${route} ${status} ${what}`
  t.equal(answer.status, status, `${name} ${answer.text.slice(0, 200)}`)
  const [method = '', path = ''] = route.split(' ')
  const described = document.paths[path]?.[method.toLowerCase()]?.responses[status]
  const type = String(answer.headers['content-type'] ?? '').split(';')[0] ?? ''
  const media = described?.content?.[type]
  if (media === undefined) return t.fail(`${name}: ${type} is not described`)
  t.equal(checkOf(document, media.schema)(answer.json), '', name)
}

const EXECUTION = '/api/executions/{execution}'
const executions: { id: string; workflow: string }[] = []

t.test('the answers to exports and the lists are what the document says', async (t) => {
  const fixtures = [
    'orcheo-1',
    'orcheo-2',
    'orcheo-3',
    'ai-v5',
    'arizeai-openinference-instrumentation-langchain',
  ]
  for (const name of fixtures) {
    const body = readFileSync(new URL(`../fixtures/otlp/${name}.json`, import.meta.url))
    await valid(t, 'POST /v1/traces', 200, await as(all, 'POST', '/v1/traces', body, json), name)
  }
  const workflows = await as(all, 'GET', '/api/workflows')
  await valid(t, 'GET /api/workflows', 200, workflows)
  t.ok(workflows.json.length > 0, 'there are workflows')
  for (const { workflow_id } of workflows.json) {
    const path = `/api/workflows/${encodeURIComponent(workflow_id)}`
    const list = await as(all, 'GET', `${path}/executions`)
    await valid(t, 'GET /api/workflows/{workflow}/executions', 200, list, workflow_id)
    await valid(
      t,
      'GET /api/workflows/{workflow}/stats',
      200,
      await as(all, 'GET', `${path}/stats`),
      workflow_id,
    )
    for (const { execution_id } of list.json) {
      executions.push({ id: encodeURIComponent(execution_id), workflow: workflow_id })
    }
  }
  t.ok(executions.length > 1, 'there are executions')
})

t.test('the answers about every execution are', async (t) => {
  for (const { id } of executions) {
    const upload = await as(all, 'PUT', `/api/executions/${id}/artifacts/report`, 'bytes', {
      'content-type': 'text/plain',
      'x-artifact-name': 'report.txt',
    })
    await valid(t, `PUT ${EXECUTION}/artifacts/{artifact}`, 201, upload, id)
    for (const scopes of [SCOPES.join(' '), 'traces:read']) {
      const one = (rest: string) => as({ ...all, scope: scopes }, 'GET', `/api/executions/${id}${rest}`)
      await valid(t, `GET ${EXECUTION}/trace`, 200, await one('/trace'), id)
      await valid(t, `GET ${EXECUTION}/trace/summary`, 200, await one('/trace/summary'), id)
      await valid(
        t,
        `GET ${EXECUTION}/trace`,
        200,
        await one('/trace?view=skeleton&kind=llm,node'),
        `${id} filtered`,
      )
      await valid(t, `GET ${EXECUTION}/trace/export`, 200, await one('/trace/export'), id)
      const skeleton = await one('/trace?view=skeleton')
      await valid(t, `GET ${EXECUTION}/trace`, 200, skeleton, `${id} skeleton`)
      for (const span of skeleton.json.columns.span_id.slice(0, 12)) {
        await valid(t, `GET ${EXECUTION}/spans/{span}`, 200, await one(`/spans/${span}`), `${id} ${span}`)
        const state = await one(`/trace/spans/${span}/state`)
        await valid(t, `GET ${EXECUTION}/trace/spans/{span}/state`, 200, state, `${id} ${span}`)
      }
      const around = await one(`/trace?view=skeleton&around=${skeleton.json.columns.span_id[0]}`)
      await valid(t, `GET ${EXECUTION}/trace`, 200, around, `${id} around`)
    }
  }
})

t.test('comparisons, reveals, links and the audit log are', async (t) => {
  const [a, b] = executions as [(typeof executions)[0], (typeof executions)[0]]
  const compared = await as(all, 'GET', `/api/executions/${a.id}/compare/${b.id}`)
  const route = Object.keys(document.paths).find((path) => path.includes('/compare/'))
  await valid(t, `GET ${route}`, 200, compared)
  const { json: tree } = await as(all, 'GET', `/api/executions/${a.id}/trace?view=skeleton`)
  const span = `/api/executions/${a.id}/spans/${tree.columns.span_id[0]}`
  const revealed = await as(all, 'POST', `${span}/reveal`, { reason: 'a test' })
  await valid(t, `POST ${EXECUTION}/spans/{span}/reveal`, 200, revealed)
  const { json: summary } = await as(all, 'GET', `/api/executions/${a.id}/trace/summary`)
  const download = summary.artifacts.find(
    (one: { download_id: string | null }) => one.download_id,
  )?.download_id
  t.ok(download, 'there is an artifact to link to')
  await valid(
    t,
    'POST /api/artifacts/{id}/link',
    200,
    await as(all, 'POST', `/api/artifacts/${download}/link`),
  )
  const log = await as(all, 'GET', '/api/audit')
  await valid(t, 'GET /api/audit', 200, log)
  t.ok(log.json.length > 0, 'there are entries')
})

t.test('refusals are', async (t) => {
  const { id } = executions[0] as (typeof executions)[0]
  const trace = `GET ${EXECUTION}/trace`
  await valid(t, trace, 404, await as(all, 'GET', '/api/executions/nothing/trace'))
  await valid(t, trace, 401, await ask('GET', `/api/executions/${id}/trace`))
  await valid(
    t,
    trace,
    403,
    await as({ ...all, scope: 'traces:write' }, 'GET', `/api/executions/${id}/trace`),
  )
  await valid(t, trace, 400, await as(all, 'GET', `/api/executions/${id}/trace?view=skeleton&limit=0`))
  await valid(t, trace, 400, await as(all, 'GET', `/api/executions/${id}/trace?view=skeleton&cursor=x`))
  await valid(t, 'POST /v1/traces', 400, await as(all, 'POST', '/v1/traces', '{', json))
  await valid(t, 'POST /v1/traces', 401, await ask('POST', '/v1/traces', json, '{}'))
  await valid(
    t,
    'POST /v1/traces',
    415,
    await as(all, 'POST', '/v1/traces', 'x', { 'content-type': 'text/xml' }),
  )
  const other = await as(all, 'PUT', `/api/executions/${id}/artifacts/report`, 'others', json)
  await valid(t, `PUT ${EXECUTION}/artifacts/{artifact}`, 409, other)
})

t.test('a dry run and an erasure are', async (t) => {
  const body = readFileSync(new URL('../fixtures/otlp/orcheo-1.json', import.meta.url))
  await valid(t, 'POST /v1/traces', 200, await as(all, 'POST', '/v1/traces?explain=1', body, json), 'explain')
  const { id } = executions[0] as (typeof executions)[0]
  await valid(t, `DELETE ${EXECUTION}`, 200, await as(all, 'DELETE', `/api/executions/${id}`))
  t.ok(await store.ready())
})
