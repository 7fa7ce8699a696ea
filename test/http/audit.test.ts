import t from 'tap'
import { StoreUnavailable } from '../../src/errors.ts'
import type { AuditEntry } from '../../src/store/audit.ts'
import { Denials } from '../../src/store/denials.ts'
import { span } from '../helpers/span.ts'
import { realService, written } from './real-service.ts'

const { store, as, database, parts } = await realService(t)
await written(store, 'default', ['*'], [span('a', 'a1', null, { executionId: 'ex', workflowId: 'wf' })])
const secret = `ghp_${'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5'}`
const admin = { scope: 'admin', sub: 'watcher' }
const rows = async (query = '', claims: object = admin) =>
  (await as(claims, 'GET', `/api/audit${query}`)).json

t.test('refusals: one row for all repetitions, without a query of spans', async (t) => {
  for (let i = 0; i < 30; i++) {
    await as({ sub: 'tab', workflows: ['x'], scope: 'traces:read' }, 'GET', '/api/executions/ex/trace')
  }
  await as({ sub: 'tab', scope: 'traces:write' }, 'GET', '/api/executions/ex/trace')
  await as({ sub: 'tab', scope: 'traces:read' }, 'GET', `/api/executions/${secret}/trace`)
  const found = await rows('?subject=tab')
  t.match(
    found.filter((row: { execution_id: string }) => row.execution_id === 'ex'),
    [
      { action: 'denied', times: 1, subject: 'tab' },
      {
        action: 'not_found',
        times: 30,
        details: { method: 'GET', route: '/api/executions/:execution/trace' },
      },
    ],
  )
  t.notMatch(JSON.stringify(found), secret, 'an id that holds a secret is on record as it would be stored')
  t.equal((await rows('?action=denied&subject=tab')).length, 1)
  t.equal((await rows('?execution_id=ex&subject=tab')).length, 2)
  t.strictSame(await rows('?to=2020-01-01T00:00:00Z'), [])
  t.equal((await rows('?from=2020-01-01T00:00:00Z&subject=tab')).length, 3)
})

t.test('what Postgres cannot hold does not keep the others out', async (t) => {
  for (const scope of ['', 'traces:read']) {
    await as({ sub: 'nul', scope }, 'GET', '/api/executions/a%00b/trace')
  }
  await as({ sub: 'nul', scope: 'traces:read' }, 'PUT', '/api/executions/a%00b/artifacts/%00', 'x')
  t.match(
    (await rows('?subject=nul')).map((row: { execution_id: string }) => row.execution_id),
    ['a\ufffdb', 'a\ufffdb', 'a\ufffdb'],
  )
})

t.test('each workspace has its own', async (t) => {
  await as({ sub: 'spy', workspace: 'w2', scope: 'traces:read' }, 'GET', '/api/executions/ex/trace')
  t.strictSame(await rows('?subject=spy'), [])
  t.equal((await rows('?subject=spy', { ...admin, workspace: 'w2' })).length, 1)
})

t.test('pages and export', async (t) => {
  const entry = (i: number) => ({
    workspace: 'pages',
    subject: `s${i}`,
    action: 'reveal',
    reason: 'line\nbreak',
  })
  await store.audit.append(Array.from({ length: 450 }, (_, i) => entry(i)))
  const mine = { ...admin, workspace: 'pages' }
  const seen: string[] = []
  let path = '/api/audit?limit=200'
  for (;;) {
    const { json, headers } = await as(mine, 'GET', path)
    seen.push(...json.map((row: { id: string }) => row.id))
    const next = /<(\?[^>]+)>; rel="next"/.exec(headers.link ?? '')?.[1]
    if (next === undefined) break
    path = `/api/audit${next}`
  }
  t.equal(new Set(seen).size, 450)
  t.strictSame(
    seen,
    [...seen].sort((a, b) => Number(b) - Number(a)),
    'the newest first',
  )
  const cursor = new URLSearchParams(path.split('?')[1]).get('cursor') as string
  const elsewhere = await as({ ...admin, workspace: 'w2' }, 'GET', `/api/audit?cursor=${cursor}`)
  t.equal(elsewhere.status, 400, 'a cursor is bound to its workspace')
  for (const forged of [
    'x',
    `${cursor}x`,
    `${cursor.split('.')[0]}.`,
    `.${cursor.split('.')[1]}`,
    "' or 1=1--.x",
  ]) {
    const { status, json } = await as(mine, 'GET', `/api/audit?cursor=${encodeURIComponent(forged)}`)
    t.match({ status, ...json }, { status: 400, code: 'TRACE_BAD_CURSOR' })
  }

  for (const [path, headers] of [
    ['/api/audit?format=ndjson', {}],
    ['/api/audit', { accept: 'application/x-ndjson' }],
  ] as const) {
    const answer = await as(mine, 'GET', path, undefined, headers)
    t.equal(answer.headers['content-type'], 'application/x-ndjson')
    const lines = answer.text.trimEnd().split('\n')
    t.equal(lines.length, 450)
    t.match(JSON.parse(lines[0] as string), { subject: 's449', reason: 'line\nbreak' })
  }
})

t.test('append-only', async (t) => {
  for (const change of [
    'update audit_log set subject = null',
    "update audit_log set reason = 'x' where id = 1",
    'delete from audit_log',
    'truncate audit_log',
  ]) {
    await t.rejects(database.work.query(change), { message: /append-only/ }, change)
  }
})

t.test('what cannot be written down in time is added up roughly, and bounded', async (t) => {
  for (let i = 0; i < 8_000; i++) {
    store.denials.note({ workspace: 'flood', subject: 'f', action: 'not_found', executionId: `e${i}` })
  }
  await store.denials.flush()
  const { rows: kept } = await database.work.query(
    `select count(*)::int as rows, sum(times)::int as times from audit_log where workspace = 'flood'`,
  )
  t.equal(kept[0].times, 8_000)
  t.ok(kept[0].rows <= 5_001)
})

t.test('a database that is away loses no answer, and no entry', async (t) => {
  const { append } = parts.store.audit
  t.teardown(() => {
    parts.store.audit.append = append
  })
  const refusal = async (id: string) => {
    const answer = await as({ sub: 'a', scope: 'traces:read' }, 'GET', `/api/executions/${id}/trace`)
    t.equal(answer.status, 404)
    await store.denials.flush()
  }
  parts.store.audit.append = () => Promise.reject(new StoreUnavailable())
  await refusal('nothing')
  await refusal('nothing')
  parts.store.audit.append = append
  await refusal('nothing')
  t.match(await rows('?subject=a'), [{ action: 'not_found', execution_id: 'nothing', times: 3 }])
  parts.store.audit.append = () => Promise.reject(new Error('a row that the database never takes'))
  await refusal('never')
  parts.store.audit.append = append
  await refusal('after')
  t.match((await rows('?subject=a')).length, 2, 'and keeps back nothing that follows')
})

t.test('what is kept while the database is away is bounded, and counts on', async (t) => {
  const written: AuditEntry[][] = []
  let away = true
  const denials = new Denials({
    async append(entries) {
      if (away) throw new StoreUnavailable()
      written.push([...entries])
    },
    failed() {},
  })
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 4_000; i++)
      denials.note({ workspace: 'w', subject: `s${round}`, action: 'denied', executionId: `e${i}` })
    await denials.flush()
  }
  away = false
  await denials.flush()
  const times = written.flat().reduce((sum, entry) => sum + (entry.times ?? 0), 0)
  t.equal(times, 12_000)
  t.ok(written.flat().length <= 6_001)
})
