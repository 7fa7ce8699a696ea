import { Readable } from 'node:stream'
import pg from 'pg'
import t from 'tap'
import { limits } from '../../src/limits.ts'
import type { Principal, Scope } from '../../src/model/principal.ts'
import { span } from '../helpers/span.ts'
import { realService, written } from '../http/real-service.ts'

const service = await realService(t, { TRACE_RLS: 'true', TRACE_SIGN_ARTIFACT_IDS: 'true' })
const { store, as, ask } = service

/** More than one chunk: what comes later is read when the connection asks for it, not in the flow of the request. */
const bytes = Buffer.alloc(2 * limits.artifactChunkBytes + 10, 'x')
const type = { 'content-type': 'image/png' }
const runner = { workspace: 'w1', workflows: ['*'], scope: 'artifacts:write traces:write' }
const put = (path: string, headers: Record<string, string> = {}, body: Buffer = bytes) =>
  as(runner, 'PUT', `/api/executions/${path}`, body, { ...type, ...headers })
const scope = 'traces:read content:read artifacts:read'
const reader = (workflows: string[], workspace = 'w1') => ({
  workspace,
  workflows,
  scope,
  sub: 'reader',
})

await written(
  store,
  'w1',
  ['*'],
  [
    span('a', '1', null, { executionId: 'ex', workflowId: 'flow', kind: 'workflow' }),
    span('a', '2', '1', {
      executionId: 'ex',
      workflowId: 'flow',
      artifacts: [{ id: 'named', name: 'n', mediaType: 'image/png', size: null, sha256: null }],
    }),
  ],
)
await written(store, 'w1', ['*'], [span('b', '1', null, { executionId: 'ex2', workflowId: 'other' })])
const ids: Record<string, string> = {}
for (const [path, headers] of [
  ['ex/artifacts/named', { 'x-span-id': '2'.padStart(16, '0') }],
  ['ex/artifacts/own', { 'x-workflow-id': 'flow' }],
  ['ex2/artifacts/theirs', {}],
] as const) {
  const { status, json, text } = await put(path, headers)
  if (status !== 201) throw new Error(text)
  ids[json.id] = json.download_id
}
const paths = (of: string) => [of, ids[of] as string].map((id) => `/api/artifacts/${id}/download`)
const may = { 'by id': ['flow'], 'by prefix': ['fl*'], all: ['*'], both: ['flow', 'other'] }

t.test('with both walls, who may, has every byte', async (t) => {
  for (const [who, workflows] of Object.entries(may)) {
    for (const path of [...paths('named'), ...paths('own')]) {
      const { status, headers, text } = await as(reader(workflows), 'GET', path)
      t.equal(status, 200, `${path}: ${who}`)
      t.equal(Number(headers['content-length']), bytes.length)
      t.equal(text.length, bytes.length, 'to the last chunk')
    }
    const { json } = await as(reader(workflows), 'GET', '/api/executions/ex/trace/summary')
    t.strictSame(json.artifacts.map((one: { id: string }) => one.id).sort(), ['named', 'own'], who)
  }
  const link = await as(reader(['flow']), 'POST', `/api/artifacts/${ids.own}/link`)
  const signed = await ask('GET', link.json.url)
  t.strictSame([signed.status, signed.text.length], [200, bytes.length], 'a signed id is its own right')
})

t.test('an upload that comes before its spans is nobody’s, and then its reader’s at once', async (t) => {
  await put('late/artifacts/early')
  t.equal((await as(reader(['*']), 'GET', '/api/artifacts/early/download')).status, 404)
  await written(store, 'w1', ['*'], [span('c', '1', null, { executionId: 'late', workflowId: 'flow' })])
  t.equal((await as(reader(['flow']), 'GET', '/api/artifacts/early/download')).status, 200)
  t.equal((await as(reader(['other']), 'GET', '/api/artifacts/early/download')).status, 404)
})

t.test('an execution of a name beside a trace’s own keeps its artifacts to itself', async (t) => {
  const trace = 'e'.repeat(32)
  await written(store, 'w1', ['*'], [span('f', '1', null, { executionId: trace, workflowId: 'other' })])
  await written(store, 'w1', ['*'], [span(trace, '1', null, { workflowId: 'flow' })])
  await put(`${trace}/artifacts/whose`)
  const status = async (workflows: string[]) =>
    (await as(reader(workflows), 'GET', '/api/artifacts/whose/download')).status
  t.equal(await status(['other']), 200)
  t.equal(await status(['flow']), 404, 'also where the server hides the execution that it belongs to')
})

t.test('without the first wall, the second stands', async (t) => {
  const everything: Principal = { subject: 's', workspace: 'w1', workflows: ['*'], scopes: new Set<Scope>() }
  const { artifacts, read } = store
  const open = (of: object, name: string) => {
    const through = ((of as Record<string, unknown>)[name] as (...given: unknown[]) => unknown).bind(of)
    Object.defineProperty(of, name, {
      configurable: true,
      value: (_: unknown, ...rest: unknown[]) => through(everything, ...rest),
    })
    t.teardown(() => void delete (of as Record<string, unknown>)[name])
  }
  open(artifacts, 'find')
  open(artifacts, 'ofExecution')
  open(read, 'execution')
  for (const [who, claims] of Object.entries({
    'another workspace': reader(['*'], 'w3'),
    'another workflow': reader(['other']),
    'another prefix': reader(['flow-*']),
    nothing: reader([]),
  })) {
    for (const path of [...paths('named'), ...paths('own')]) {
      for (const method of ['GET', 'HEAD']) {
        t.equal((await as(claims, method, path)).status, 404, `${method} ${path}: ${who}`)
      }
    }
    const refused = await as(claims, 'POST', `/api/artifacts/${ids.own}/link`)
    t.equal(refused.status, 404, `link: ${who}`)
  }
  t.equal((await as(reader(['flow']), 'GET', paths('own')[1] as string)).status, 200, 'who may, still does')

  // Even by the row itself, without any look-up.
  const row = await artifacts.find(everything, 'own')
  if (row === null) throw new Error('not found')
  const reading = async (workflows: string[], workspace = 'w1') => {
    const stream = await store.within({ ...everything, workspace, workflows }, () =>
      Readable.from(artifacts.bytes(row, 0, row.size)),
    )
    const read: Buffer[] = []
    for await (const chunk of stream) read.push(chunk)
    return Buffer.concat(read).length
  }
  t.equal(await reading(['flow']), bytes.length)
  await t.rejects(reading(['other']), /vanished/)
  await t.rejects(reading(['*'], 'w3'), /vanished/)
  const execution = { realm: row.realm, key: { executionId: 'ex', fallback: false } }
  const listed = (workflows: string[]) =>
    store.within({ ...everything, workflows }, () => artifacts.ofExecution(everything, execution, []))
  t.equal((await listed(['flow'])).size, 2)
  t.equal((await listed(['other'])).size, 0)
})

t.test(
  'without settings the role sees nothing, and it asks for no workflow but through the policy',
  async (t) => {
    const client = new pg.Client({ connectionString: service.database.url })
    await client.connect()
    t.teardown(() => client.end())
    await client.query('set role workflow_trace_reader')
    for (const table of ['artifacts', 'artifact_chunks', 'erasures']) {
      const { rows } = await client.query(`select count(*)::int as count from ${table}`)
      t.strictSame(rows, [{ count: 0 }], table)
      await t.rejects(client.query(`delete from ${table}`), { code: '42501' })
    }
    await client.query('reset role')
    const { rows } = await client.query(`select count(*)::int as count from pg_proc
    where proname = 'workflow_of_execution' and has_function_privilege('public', oid, 'execute')`)
    t.strictSame(rows, [{ count: 0 }], 'a right of nobody else')
  },
)

t.test('a token whose pattern holds a secret sees what was written under it', async (t) => {
  const pattern = `flow-ghp_${'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3z'}01`
  const writer = { workspace: 'w1', workflows: [pattern], scope: 'traces:write artifacts:write' }
  const start = BigInt(Date.now() - 5_000) * 1_000_000n
  const attributes = { 'workflow.execution.id': 'secretive', 'workflow.id': pattern }
  const sent = {
    traceId: 'd'.repeat(32),
    spanId: 'd'.repeat(16),
    name: 'n',
    startTimeUnixNano: `${start}`,
    endTimeUnixNano: `${start + 1_000_000n}`,
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } })),
  }
  const body = { resourceSpans: [{ scopeSpans: [{ spans: [sent] }] }] }
  const json = { 'content-type': 'application/json' }
  t.match(await as(writer, 'POST', '/v1/traces', body, json), { status: 200, text: '{}' })
  t.equal((await as(writer, 'PUT', '/api/executions/secretive/artifacts/kept', bytes, type)).status, 201)
  const own = reader([pattern])
  t.match(await as(own, 'GET', '/api/executions/secretive/trace'), {
    status: 200,
    json: { spans: { length: 1 } },
  })
  t.match((await as(own, 'GET', `/api/workflows/${pattern}/executions`)).json, [{}])
  const { json: summary } = await as(own, 'GET', '/api/executions/secretive/trace/summary')
  t.equal(summary.artifacts.length, 1)
  t.equal((await as(own, 'GET', '/api/artifacts/kept/download')).status, 200)
  t.equal((await as(reader(['flow-*']), 'GET', '/api/artifacts/kept/download')).status, 404)
})
