import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import t from 'tap'
import { Resting } from '../../src/store/resting.ts'
import { settle } from '../../src/store/settle.ts'
import { span } from '../helpers/span.ts'
import { testStore } from '../helpers/store.ts'

const writer = { workspace: 'default', workflows: ['*'] }
const anything = { where: 'true', values: [], wait: false, limit: 100 }

/** Stored spans without a worker, and connections to settle them. */
async function stored(t: { teardown(clean: () => Promise<void>): void }, spans: Parameters<typeof span>[]) {
  const { store, database } = await testStore(t)
  await store.writeSpans(
    writer,
    spans.map((args) => span(...args)),
  )
  await store.close()
  const pool = new pg.Pool({ connectionString: database.url, max: 6 })
  t.teardown(() => pool.end())
  await settle(pool, { ...anything, wait: true }, 2_000)
  const mark = (trace: string, names: string[] = []) =>
    pool.query(
      'insert into dirty_traces (realm, trace_id, execution_ids) select min(id), $1, $2 from realms',
      [Buffer.from(trace.padStart(32, '0'), 'hex'), names],
    )
  const marks = async () =>
    (await pool.query(`select encode(trace_id, 'hex') as trace from dirty_traces order by 1`)).rows.map(
      (row) => String(row.trace).replace(/^0+/, ''),
    )
  return { pool, mark, marks }
}

t.test('a trace is one settler’s at a time', async (t) => {
  const { pool, mark, marks } = await stored(t, [
    ['1', '1', null, { executionId: 'a' }],
    ['2', '1', null, { executionId: 'b' }],
  ])
  await mark('1')
  const other = await pool.connect()
  await other.query('begin; select from dirty_traces for update')
  await mark('1', ['a'])
  await mark('2')
  await pool.query(`update dirty_traces set marked_at = '2020-01-01' where execution_ids = '{a}'`)
  await pool.query('update executions set span_count = 0')
  t.equal(await settle(pool, anything, 2_000), 1, 'the other trace')
  t.strictSame(await marks(), ['1', '1'], 'what belongs together stays together')
  const counts = await pool.query('select span_count as spans from executions order by execution_id')
  t.strictSame(
    counts.rows,
    [{ spans: 0 }, { spans: 1 }],
    'of a trace that another settles nothing is written',
  )
  const old = await pool.query(`select from dirty_traces where marked_at = '2020-01-01'`)
  t.equal(old.rowCount, 1, 'a mark that is put back is as old as it was')
  t.equal(await settle(pool, anything, 2_000), 0, 'nothing that is free')
  await other.query('commit')
  other.release()
  t.equal(await settle(pool, anything, 2_000), 2)
  t.strictSame(await marks(), [])
})

t.test('a reader waits for the marks that another is settling, and then finds nothing left', async (t) => {
  const { pool, mark, marks } = await stored(t, [['1', '1', null, { executionId: 'a' }]])
  await mark('1')
  const other = await pool.connect()
  await other.query('begin; delete from dirty_traces')
  let settled: number | null = null
  const reading = settle(pool, { ...anything, wait: true }, 10_000).then((count) => (settled = count))
  await wait(500)
  t.equal(settled, null, 'it waits')
  await other.query('commit')
  other.release()
  t.equal(await reading, 0)
  t.strictSame(await marks(), [])
})

t.test(
  'settlers that make one execution at once, each from a trace of its own, count every trace',
  async (t) => {
    const traces = Array.from({ length: 12 }, (_, i) => i.toString(16).padStart(2, 'a'))
    const nameOf = (i: number) => `e${i >> 2}`
    const { pool, mark, marks } = await stored(
      t,
      traces.map((trace, i) => [trace, '1', null, { executionId: nameOf(i) }]),
    )
    for (let round = 0; round < 3; round++) {
      await pool.query('truncate executions, execution_traces')
      for (const [i, trace] of traces.entries()) await mark(trace, [nameOf(i)])
      const worker = async () => {
        for (let tries = 0; tries < 200 && (await marks()).length > 0; tries++) {
          // another may be in the way: what it leaves marked comes again
          await settle(pool, { ...anything, limit: 1 }, 5_000).catch(() => {})
        }
      }
      await Promise.all([worker(), worker(), worker(), worker()])
      const { rows } = await pool.query(
        'select execution_id as id, span_count as spans from executions order by execution_id',
      )
      t.strictSame(rows, [
        { id: 'e0', spans: 4 },
        { id: 'e1', spans: 4 },
        { id: 'e2', spans: 4 },
      ])
      t.equal((await pool.query('select from execution_traces')).rowCount, 12)
    }
  },
)

t.test('a trace that gets a name, and one without spans', async (t) => {
  const { pool, mark } = await stored(t, [['7', '1', null]])
  const executions = async () =>
    (await pool.query('select execution_id as id, fallback from executions order by seq')).rows
  t.strictSame(await executions(), [{ id: '7'.padStart(32, '0'), fallback: true }])
  await pool.query(`update spans set execution_id = 'named'`)
  await mark('7', ['named'])
  await settle(pool, anything, 2_000)
  t.strictSame(await executions(), [{ id: 'named', fallback: false }], 'nobody’s execution gave way')
  await pool.query('delete from spans')
  await mark('7')
  await mark('8', ['never there'])
  await settle(pool, anything, 2_000)
  t.strictSame(await executions(), [])
  t.equal((await pool.query('select from execution_traces')).rowCount, 0)
})

t.test('an execution that somebody makes meanwhile, from another trace, is read again', async (t) => {
  const { pool, mark } = await stored(t, [
    ['1', '1', null, { executionId: 'e' }],
    ['2', '1', null, { executionId: 'e' }],
  ])
  await pool.query('truncate executions, execution_traces')
  await mark('1', ['e'])
  const other = await pool.connect()
  await other.query(`begin;
    insert into executions (realm, execution_id, fallback, workflow_id, workflow_explicit, status, first_span_at, last_span_at)
    select min(id), 'e', false, 'first', true, 'running', now(), now() from realms;
    insert into execution_traces (realm, execution_id, fallback, trace_id, days)
    select realm, 'e', false, trace_id, array[day] from spans where encode(trace_id, 'hex') like '%2'`)
  const settling = settle(pool, anything, 30_000)
  while ((await pool.query('select from pg_locks where not granted')).rowCount === 0);
  await other.query('commit')
  other.release()
  t.equal(await settling, 1)
  const { rows } = await pool.query('select span_count as spans, workflow_id as workflow from executions')
  t.strictSame(rows, [{ spans: 2, workflow: 'first' }])
})

t.test('an execution that no mark names, in traces that are read apart, is counted as a whole', async (t) => {
  const count = 200
  const traces = Array.from({ length: count }, (_, i) => (i + 1).toString(16))
  const { pool, mark } = await stored(
    t,
    traces.map((trace, i) => [trace, '1', null, { executionId: i % 40 === 0 ? 'shared' : `own-${i}` }]),
  )
  await pool.query('truncate executions, execution_traces, dirty_traces')
  for (const trace of traces) await mark(trace)
  t.equal(await settle(pool, { ...anything, limit: count }, 2_000), count)
  const { rows } = await pool.query(
    `select execution_id as id, span_count as spans from executions where span_count <> 1`,
  )
  t.strictSame(rows, [{ id: 'shared', spans: 5 }])
  t.equal((await pool.query('select from executions')).rowCount, count - 4)
  t.equal((await pool.query('select from execution_traces')).rowCount, count)
})

t.test('spans that come under another day later count with those that were there', async (t) => {
  const { store, database } = await testStore(t)
  const day = 86_400_000_000_000n
  const now = BigInt(Date.now()) * 1_000_000n
  const counted = async () => {
    while ((await database.work.query('select from dirty_traces limit 1')).rowCount !== 0);
    const { rows } = await database.work.query(
      'select span_count as spans, days::text[] as days from executions join execution_traces using (realm, execution_id)',
    )
    return { spans: rows[0]?.spans, days: rows[0]?.days.length }
  }
  const write = (id: string, startNs: bigint) =>
    store.writeSpans(writer, [span('9', id, null, { executionId: 'long', startNs })])
  await write('1', now - day)
  t.strictSame(await counted(), { spans: 1, days: 1 })
  await write('2', now)
  t.strictSame(await counted(), { spans: 2, days: 2 })
  await write('3', 1n)
  t.strictSame(await counted(), { spans: 3, days: 3 }, 'and under none')
})

t.test('thousands of executions in one trace, of a worker that never ends its root', async (t) => {
  const count = 2_500
  const id = (n: number) => n.toString(16)
  const { pool, mark, marks } = await stored(t, [
    ['5', id(count + 1), null, { kind: 'workflow' }],
    ...Array.from(
      { length: count },
      (_, i): Parameters<typeof span> => [
        '5',
        id(i + 1),
        id(count + 1),
        { executionId: `run-${i}`, startNs: BigInt(i + 1) },
      ],
    ),
  ])
  const executions = async () => {
    const { rows } = await pool.query(
      'select count(*)::int as all, count(*) filter (where span_count = 1)::int as one from executions',
    )
    return rows[0]
  }
  t.strictSame(await executions(), { all: count + 1, one: count + 1 })
  await pool.query(`delete from spans where execution_id = 'run-7'`)
  await mark('5', ['run-7'])
  const resting = new Resting()
  t.equal(await settle(pool, anything, 2_000, resting), 1)
  t.strictSame(await executions(), { all: count, one: count }, 'what is gone, and all others')
  await mark('5', ['run-8'])
  t.equal(await settle(pool, resting.spare(anything), 2_000), 0, 'each is small, but all were read')
  t.strictSame(await marks(), ['5'])
})

t.test('spans that come together, each under another day, are all counted', async (t) => {
  const day = 86_400_000_000_000n
  const now = BigInt(Date.now()) * 1_000_000n
  const { pool } = await stored(
    t,
    [now - 2n * day, now, 1n, now - day].map((startNs, i) => [
      '9',
      `${i + 1}`,
      null,
      { executionId: 'long', startNs },
    ]),
  )
  const { rows } = await pool.query(
    'select span_count as spans, days::text[] as days from executions join execution_traces using (realm, execution_id)',
  )
  t.match(rows, [{ spans: 4, days: { length: 4 } }])
})
