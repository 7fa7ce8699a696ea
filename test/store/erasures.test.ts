import t from 'tap'
import type { Span } from '../../src/model/span.ts'
import type { EraseReceipt } from '../../src/store/erase.ts'
import { erasedSpans } from '../../src/store/erased-spans.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import { silent } from '../helpers/database.ts'
import { span } from '../helpers/span.ts'
import { reader, testStore } from '../helpers/store.ts'

t.setTimeout(120_000)

const runner = { workspace: 'default', workflows: ['*'] }
const eraser = { workspace: 'default', subject: 'officer', workflows: ['*'] }
const named = (executionId: string, workflowId = 'triage'): Partial<Span> => ({ executionId, workflowId })
const erased = (count: number) => ({ stored: 0, refused: [{ reason: 'erased', count }] })

async function countOf(
  database: { read: { query(sql: string): Promise<{ rows: { n: number }[] }> } },
  table: string,
) {
  const { rows } = await database.read.query(`select count(*)::int as n from ${table}`)
  return rows[0]?.n
}

async function shown(store: Store, id: string): Promise<string[] | null> {
  const { value, stale } = await store.read.execution(reader(), id)
  if (value === null) return null
  const { order, spans } = await store.read.tree(value, stale)
  return Array.from(
    order.positions,
    (position) => (spans[position] as Span | undefined)?.spanId.slice(-2) ?? '',
  )
}

t.test('an erased execution is gone, once, and its late spans are refused', async (t) => {
  const { store, database } = await testStore(t)
  const sent = [span('1', '1', null, named('e')), span('1', '2', '1'), span('2', '3', null, named('e'))]
  await store.writeSpans(runner, [...sent, span('5', '1', null, named('other'))])
  const receipt = (await store.erase(eraser, 'e', null)) as EraseReceipt
  t.match(receipt, { executionId: 'e', executions: 1, spans: 3, artifacts: 0, traces: 2 })
  t.equal(await shown(store, 'e'), null)
  t.equal(await store.erase(eraser, 'e', null), null, 'there is nothing left to erase')
  t.strictSame(await shown(store, 'other'), ['01'])
  for (const table of ['spans', 'executions', 'execution_traces'])
    t.equal(await countOf(database, table), 1, table)

  t.strictSame(await store.writeSpans(runner, sent), erased(3), 'sent again')
  t.strictSame(await store.writeSpans(runner, [span('1', '8', '2')]), erased(1), 'a child of an erased span')
  t.strictSame(
    await store.writeSpans(runner, [span('1', '9', '77')]),
    erased(1),
    'all of the trace was its own',
  )
  const resumed = [span('3', '2', '1'), span('3', '1', null, named('e'))]
  t.strictSame(await store.writeSpans(runner, resumed), erased(2), 'a trace that was not there before')
  t.strictSame(await store.writeSpans(runner, [span('3', '4', '2')]), erased(1), 'and what comes in it later')
  const mixed = await store.writeSpans(runner, [span('1', '2', '1'), span('6', '1', null, named('new'))])
  t.strictSame(mixed, { stored: 1, refused: [{ reason: 'erased', count: 1 }] })
  const elsewhere = await store.writeSpans({ ...runner, workflows: ['triage'] }, sent)
  t.equal(elsewhere.stored, 3, 'another realm is another execution')
  t.strictSame(await shown(store, 'e'), ['01', '02', '03'])

  const { rows } = await database.read.query(
    'select subject, action, workflow_id, execution_id, details from audit_log',
  )
  t.match(rows, [
    {
      subject: 'officer',
      action: 'erase',
      workflow_id: 'triage',
      execution_id: 'e',
      details: { receipt_id: receipt.receiptId, spans: 3, traces: 2, artifacts: 0 },
    },
  ])
})

t.test(
  'in a shared trace only the spans of the erased execution go, and only they are refused',
  async (t) => {
    const { store } = await testStore(t)
    // 1 parent ── 2 child of it, and ── 3 sub ── 4 child of sub
    const sent = [
      span('1', '1', null, named('parent', 'outer')),
      span('1', '2', '1'),
      span('1', '3', '2', named('sub', 'inner')),
      span('1', '4', '3'),
    ]
    await store.writeSpans(runner, sent)
    t.strictSame(await shown(store, 'parent'), ['01', '02', '03'])
    const before = (await store.read.execution(reader(), 'sub')).value?.execution.version
    t.match(await store.erase(eraser, 'parent', null), { spans: 2, traces: 1 })
    t.equal(await shown(store, 'parent'), null)
    t.strictSame(await shown(store, 'sub'), ['03', '04'], 'the other one is whole')
    const after = (await store.read.execution(reader(), 'sub')).value?.execution
    t.not(after?.version, before, 'so that no process shows what it remembers')

    const late = await store.writeSpans(runner, [...sent, span('1', '5', '2'), span('1', '6', '4')])
    t.strictSame(late, { stored: 3, refused: [{ reason: 'erased', count: 3 }] })
    t.strictSame(await shown(store, 'sub'), ['03', '04', '06'])
    t.strictSame(
      await store.writeSpans(runner, [span('1', '7', '5')]),
      erased(1),
      'a child of a refused span',
    )
  },
)

t.test('the sub-execution goes, the one around it stays', async (t) => {
  const { store } = await testStore(t)
  await store.writeSpans(runner, [
    span('1', '1', null, named('parent', 'outer')),
    span('1', '2', '1', named('sub', 'inner')),
    span('1', '3', '2'),
  ])
  t.strictSame(await shown(store, 'parent'), ['01', '02'])
  t.equal(await store.erase({ ...eraser, workflows: ['outer'] }, 'sub', null), null, 'out of reach')
  t.equal(await store.erase(eraser, 'sub', 'outer'), null, 'narrowed to another workflow')
  t.match(await store.erase({ ...eraser, workflows: ['inner'] }, 'sub', 'inner'), { spans: 2 })
  t.strictSame(await shown(store, 'parent'), ['01'], 'not even its name is left')
  t.strictSame(await store.writeSpans(runner, [span('1', '4', '3'), span('1', '5', '1')]), {
    stored: 1,
    refused: [{ reason: 'erased', count: 1 }],
  })
  t.strictSame(await shown(store, 'parent'), ['01', '05'])
})

t.test(
  'what nobody has named yet is erased by its trace, and the root that comes last with it',
  async (t) => {
    const { store, database } = await testStore(t)
    const trace = '9'.padStart(32, '0')
    await store.writeSpans(runner, [span('9', '2', '1'), span('9', '3', '2')])
    t.match(await store.erase(eraser, trace, null), { executionId: trace, spans: 2 })
    t.strictSame(await store.writeSpans(runner, [span('9', '1', null, named('e'))]), erased(1))
    t.strictSame(await store.writeSpans(runner, [span('9', '4', '3'), span('9', '5', null)]), erased(2))
    t.equal(await countOf(database, 'spans'), 0)
  },
)

t.test('a trace id stands for the only execution of its trace', async (t) => {
  const { store } = await testStore(t)
  await store.writeSpans(runner, [span('a', '1', null, named('e'))])
  t.match(await store.erase(eraser, 'a'.padStart(32, '0'), null), { spans: 1 })
  t.equal(await shown(store, 'e'), null)
})

t.test('another process that knows nothing yet refuses all the same', async (t) => {
  const { store, database } = await testStore(t)
  const options = { url: database.url, log: silent, redactionVersion: 1, retentionDays: null }
  const other = await openStore(options)
  t.teardown(() => other.close())
  await other.writeSpans(runner, [span('1', '1', null, named('e')), span('2', '1', null, named('f'))])
  await store.erase(eraser, 'e', null)
  const late = await Promise.all([
    other.writeSpans(runner, [span('1', '2', '1')]),
    other.writeSpans(runner, [span('2', '2', '1')]),
  ])
  t.strictSame(late, [erased(1), { stored: 1, refused: [] }], 'who shared its transaction is stored')
  const restarted = await openStore(options)
  t.teardown(() => restarted.close())
  t.strictSame(await restarted.writeSpans(runner, [span('1', '2', '1')]), erased(1))
})

t.test('an erasure waits for what is being committed, and takes it along', async (t) => {
  const { store, database } = await testStore(t)
  await store.writeSpans(runner, [span('1', '1', null, named('e')), span('2', '1', null, named('f'))])
  const inFlight = await database.ingest.connect()
  await inFlight.query('begin')
  await inFlight.query('select erasures_unchanged(0)')
  await inFlight.query(
    `create temp table late as select * from spans where trace_id = decode(lpad('1', 32, '0'), 'hex')`,
  )
  await inFlight.query(`update late set span_id = '\\x00000000000000ee', execution_id = null,
    parent_span_id = '\\x0000000000000001'`)
  await inFlight.query('insert into spans select * from late')
  const erasing = store.erase(eraser, 'e', null)
  const first = await Promise.race([erasing.then(() => 'erased'), wait(300).then(() => 'waits')])
  t.equal(first, 'waits')
  await inFlight.query('commit')
  inFlight.release()
  t.match(await erasing, { executions: 1 })
  t.equal(await countOf(database, 'spans'), 1)
  t.strictSame(await store.writeSpans(runner, [span('1', 'ff', 'ee')]), erased(1), 'and counts what it took')
})

t.test('a span that got in past every check is removed by the worker', async (t) => {
  const { store, database } = await testStore(t)
  await store.writeSpans(runner, [span('1', '1', null, named('e')), span('2', '1', null, named('f'))])
  await store.erase(eraser, 'e', null)
  // as a process of an older version would
  await database.ingest.query(`insert into spans select * from (
    select (s).* from (select json_populate_record(s, '{"execution_id":"e","trace_id":"\\\\x00000000000000000000000000000001"}') s from spans s) x) y`)
  await database.ingest.query(
    `insert into dirty_traces (realm, trace_id, execution_ids) select realm, trace_id, '{e}' from spans`,
  )
  t.equal(await shown(store, 'e'), null)
  t.strictSame(await shown(store, 'f'), ['01'])
})

t.test('messages that only erased spans refer to go, in a shared trace too', async (t) => {
  const { store, database } = await testStore(t)
  const history = (whose: string) =>
    new Map([
      [
        'gen_ai.input.messages',
        JSON.stringify(
          Array.from({ length: 20 }, (_, n) => ({
            role: 'user',
            content: `${whose} ${n} ${'x'.repeat(300)}`,
          })),
        ),
      ],
    ])
  const calls = (whose: string, ids: string[], parent: string) =>
    ids.map((id) => span('1', id, parent, { content: history(whose) }))
  await store.writeSpans(runner, [
    span('1', '1', null, named('parent', 'outer')),
    ...calls('parent', ['a1', 'a2', 'a3'], '1'),
    span('1', '2', '1', named('sub', 'inner')),
    ...calls('sub', ['b1', 'b2', 'b3'], '2'),
  ])
  const stored = await countOf(database, 'messages')
  await store.erase(eraser, 'sub', null)
  const { rows } = await database.read.query('select body from messages')
  t.ok(rows.every(({ body }) => !body.includes('sub ')))
  const { value, stale } = await store.read.execution(reader(), 'parent')
  const spans = await store.read.spans(value?.execution.realm ?? 0, [span('1', 'a3', '1')])
  t.strictSame([...spans.values()][0]?.content, history('parent'), 'what is left reads as before')
  t.notOk(stale)
  await store.erase(eraser, 'parent', null)
  t.equal(await countOf(database, 'messages'), 0)
  t.comment(`${stored} messages before`)
})

t.test('belonging: cycles end, a name that was not erased stays', async (t) => {
  const place = (spanId: string, parentSpanId: string | null, executionId: string | null = null) => ({
    traceId: 't'.repeat(32),
    spanId,
    parentSpanId,
    executionId,
  })
  const key = { executionId: 'e', fallback: false }
  const erasure = { id: 1n, key, traceId: 't'.repeat(32), spanIds: new Set(['1']) }
  const ids = (spans: ReturnType<typeof place>[]) =>
    [...erasedSpans(spans, [erasure]).keys()].map((id) => id.slice(32)).sort()
  t.strictSame(ids([place('a', 'b'), place('b', 'a')]), ['a', 'b'])
  t.strictSame(ids([place('a', 'b'), place('b', 'a'), place('c', null, 'f')]), [])
  t.strictSame(ids([place('a', 'b'), place('b', '1'), place('c', '1', 'f'), place('d', 'c')]), ['a', 'b'])
  t.strictSame(ids([place('c', 'd', 'f'), place('d', null, 'e')]), ['d'])
  t.strictSame(ids([place('c', null, 'f'), place('c', null)]), [], 'a later version that says less')
})

const wait = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))
