import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import t from 'tap'
import type { Principal, Scope } from '../../src/model/principal.ts'
import { openStore } from '../../src/store/index.ts'
import { emptyDatabase } from '../helpers/database.ts'
import { span } from '../helpers/span.ts'
import { realService, written } from '../http/real-service.ts'

const service = await realService(t, { TRACE_RLS: 'true' })
const { store, as } = service
const spans = (trace: string, execution: string, workflow: string) => [
  span(trace, '1', null, { executionId: execution, workflowId: workflow, kind: 'workflow' }),
  span(trace, '2', '1', {
    executionId: execution,
    workflowId: workflow,
    content: new Map([['input.value', 'hi']]),
  }),
]
await written(store, 'w1', ['*'], [...spans('a', 'ex', 'flow'), ...spans('b', 'ex2', 'other')])
await written(store, 'w2', ['*'], spans('a', 'ex', 'flow'))

const paths = [
  '/api/executions/ex/trace',
  '/api/executions/ex/trace?view=skeleton',
  '/api/executions/ex/trace?view=skeleton&q=span',
  '/api/executions/ex/trace/summary',
  `/api/executions/ex/spans/${'2'.padStart(16, '0')}`,
  '/api/executions/ex/compare/ex',
  '/api/executions/ex/trace/export',
]
const lists = ['/api/workflows', '/api/workflows/flow/executions', '/api/workflows/flow/stats']
const scope = 'traces:read content:read'
const may = {
  'by id': ['flow'],
  'by prefix': ['fl*'],
  all: ['*'],
  'odd patterns': ['flow', 'a"b\\,{}', "it's*"],
}

t.test('with both walls, who may, sees it', async (t) => {
  // a read waits a moment for pending roll-ups; on a busy machine they take longer
  const everybody = { workspace: 'w1', workflows: ['*'], scope, sub: 'first' }
  for (let tries = 0; tries < 100; tries++) {
    if ((await as(everybody, 'GET', paths[0] as string)).status === 200) break
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  for (const [who, workflows] of Object.entries(may)) {
    for (const path of [...paths, ...lists]) {
      const { status, text } = await as({ workspace: 'w1', workflows, scope, sub: who }, 'GET', path)
      t.equal(status, 200, `${path}: ${who} ${status === 200 ? '' : text}`)
      t.notMatch(text, '[]\n')
    }
    const { json } = await as({ workspace: 'w1', workflows, scope, sub: who }, 'GET', paths[0] as string)
    t.equal(json.spans.length, 2)
  }
})

t.test('a connection is given back without its transaction', async (t) => {
  await as({ workspace: 'w1', workflows: ['*'], scope }, 'GET', '/api/executions/ex/trace?view=skeleton')
  const client = new pg.Client({ connectionString: service.database.url })
  await client.connect()
  t.teardown(() => client.end())
  const left = async () => {
    const { rowCount } = await client.query(
      `select from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`,
    )
    return rowCount
  }
  for (let tries = 0; tries < 50 && (await left()) !== 0; tries++) await wait(20)
  t.equal(await left(), 0)
})

t.test('without the first wall, the second stands', async (t) => {
  // The first wall: the reach that the reader makes of its principal. Now it is that of somebody who may see all.
  const everything: Principal = { subject: 's', workspace: 'w1', workflows: ['*'], scopes: new Set<Scope>() }
  const { read } = store
  const names = ['workflows', 'executions', 'execution', 'visible', 'newestExecutions'] as const
  for (const name of names) {
    const through = (read[name] as (...given: unknown[]) => unknown).bind(read)
    Object.defineProperty(read, name, {
      configurable: true,
      value: (_: unknown, ...rest: unknown[]) => through(everything, ...rest),
    })
  }
  t.teardown(() => {
    for (const name of names) delete (read as unknown as Record<string, unknown>)[name]
  })
  const outside = {
    'another workspace': { workspace: 'w3', workflows: ['*'] },
    'another workflow': { workspace: 'w1', workflows: ['other'] },
    'another prefix': { workspace: 'w1', workflows: ['flow-*'] },
    nothing: { workspace: 'w1', workflows: [] },
  }
  for (const [who, claims] of Object.entries(outside)) {
    for (const path of paths) {
      const { status, text } = await as({ ...claims, scope, sub: who }, 'GET', path)
      t.equal(status, 404, `${path}: ${who} ${text.slice(0, 200)}`)
    }
    for (const path of lists) {
      const { status, text } = await as({ ...claims, scope, sub: who }, 'GET', path)
      t.equal(status, 200, `${path}: ${who} ${text.slice(0, 300)}`)
      t.notMatch(text, /"ex"|span 1/, `${path}: ${who}`)
    }
  }
  const { status } = await as({ workspace: 'w1', workflows: ['flow'], scope }, 'GET', paths[0] as string)
  t.equal(status, 200, 'and does not stand in the way of who may')

  // Even by the numbers of rows, without any look-up.
  const [spanIds] = [[{ traceId: 'a'.padStart(32, '0'), spanId: '1'.padStart(16, '0') }]]
  const reading = (workflows: string[], workspace = 'w1') =>
    store.within({ ...everything, workspace, workflows }, () => read.spans(1, spanIds))
  t.equal((await reading(['flow'])).size, 1)
  t.equal((await reading(['other'])).size, 0)
  t.equal((await reading(['*'], 'w3')).size, 0)
})

t.test('the role reads these tables and writes none', async (t) => {
  const client = new pg.Client({ connectionString: service.database.url })
  await client.connect()
  t.teardown(() => client.end())
  await client.query('set role workflow_trace_reader')
  for (const table of ['service_keys', 'ingest_keys', 'audit_log', 'revoked_tokens', 'spans_undated']) {
    await t.rejects(client.query(`select from ${table}`), { code: '42501' }, table)
  }
  for (const change of [
    'delete from spans',
    'update executions set status = null',
    "insert into realms (workspace, grant_patterns) values ('w', '')",
  ]) {
    await t.rejects(client.query(change), { code: '42501' }, change)
  }
  for (const table of ['spans', 'executions', 'execution_traces', 'contexts', 'realms', 'dirty_traces']) {
    const { rows } = await client.query(`select count(*)::int as count from ${table}`)
    t.strictSame(rows, [{ count: 0 }], `${table}: nothing without settings`)
  }
})

t.test('a login role that may not make roles: one warning, and reads go on', async (t) => {
  const url = await emptyDatabase(t)
  const owner = new pg.Client({ connectionString: url })
  await owner.connect()
  t.teardown(() => owner.end())
  await owner.query('drop role if exists plain_test')
  await owner.query('create role plain_test login nocreaterole')
  await owner.query('grant create, usage on schema public to plain_test')
  const warned: string[] = []
  const log = { info() {}, warn: (_: unknown, text: string) => void warned.push(text) } as never
  const plain = await openStore({
    url: url.replace(/\/\/[^@]*@/, '//plain_test@'),
    log,
    redactionVersion: 1,
    retentionDays: null,
    rowSecurity: true,
  })
  t.teardown(async () => {
    await plain.close()
    await owner.query('drop owned by plain_test cascade')
    await owner.query('drop role plain_test')
  })
  t.equal(warned.filter((text) => /cannot be made/.test(text)).length, 1)
  await written(plain, 'w1', ['*'], spans('a', 'ex', 'flow'))
  const me: Principal = { subject: 's', workspace: 'w1', workflows: ['*'], scopes: new Set<Scope>() }
  const found = await plain.within(me, () => plain.read.execution(me, 'ex'))
  t.equal(found.value?.execution.workflowId, 'flow')
})
