import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import t from 'tap'
import { Resting } from '../../src/store/resting.ts'
import { Roller } from '../../src/store/roller.ts'
import { settle } from '../../src/store/settle.ts'
import { settleExecution, settleWorkspace } from '../../src/store/settle-for-read.ts'
import { span } from '../helpers/span.ts'
import { testStore } from '../helpers/store.ts'

const writer = { workspace: 'default', workflows: ['*'] }
const all = { where: 'true', values: [], wait: false, limit: 100 }
const large = { executionId: 'large' }

/** A large execution (of four spans) that was rolled up, and new spans of it and of a small one. Time stands still. */
async function atRest(t: Parameters<typeof testStore>[0]) {
  const { store, database } = await testStore(t)
  await store.writeSpans(
    writer,
    [1, 2, 3, 4].map((id) => span('a1', String(id), null, large)),
  )
  await store.writeSpans(writer, [span('b1', '1', null, { executionId: 'small' })])
  await store.close()
  const pool = new pg.Pool({ connectionString: database.url, max: 4 })
  t.teardown(() => pool.end())
  const clock = { now: 0 }
  const resting = new Resting(4, () => clock.now)
  await pool.query(
    `insert into dirty_traces (realm, trace_id, execution_ids)
     select realm, trace_id, array[execution_id] from execution_traces`,
  )
  await settle(pool, all, 2_000, resting)
  const mark = (trace: string, executions: string[] = []) =>
    pool.query(
      'insert into dirty_traces (realm, trace_id, execution_ids) select min(id), $1, $2 from realms',
      [Buffer.from(trace.padStart(32, '0'), 'hex'), executions],
    )
  await mark('a1')
  await mark('a2', ['large'])
  await mark('b1')
  const marks = async () => {
    const { rows } = await pool.query(`select encode(trace_id, 'hex') as trace from dirty_traces order by 1`)
    return rows.map((row) => String(row.trace).replace(/^0+/, ''))
  }
  const realms = (await pool.query('select id from realms')).rows.map(({ id }) => Number(id))
  const sides = { read: pool, work: pool } as never
  return { pool, resting, clock, marks, realms, sides }
}

t.test('the worker lets a large execution rest after it was rolled up', async (t) => {
  const { pool, resting, clock, marks } = await atRest(t)
  const roller = new Roller(pool, resting, { lag() {}, ended() {}, failed: (error) => t.error(error) })
  roller.start()
  t.teardown(() => roller.stop())
  while ((await marks()).includes('b1')) await wait(20)
  await wait(1_200)
  t.strictSame(await marks(), ['a1', 'a2'], 'what is of its trace, and what names it')
  clock.now = 1e9
  while ((await marks()).length > 0) await wait(20)
  t.pass('settled when the rest is over')
})

t.test('a list settles the others, and says that it is stale', async (t) => {
  const { resting, clock, marks, realms, sides } = await atRest(t)
  t.equal(await settleWorkspace(sides, realms, resting), true)
  t.strictSame(await marks(), ['a1', 'a2'])
  clock.now = 1e9
  t.equal(await settleWorkspace(sides, realms, resting), false)
  t.strictSame(await marks(), [])
})

t.test('whoever reads the execution itself does not wait for its rest', async (t) => {
  const { resting, marks, realms, sides } = await atRest(t)
  t.equal(await settleExecution(sides, realms, 'large', resting), false)
  t.strictSame(await marks(), ['b1'])
})

t.test('what has the same name or trace in another realm does not rest with it', async (t) => {
  const { pool, resting, marks } = await atRest(t)
  await pool.query(`update dirty_traces set realm = realm + 1`)
  t.equal(await settle(pool, resting.spare(all), 2_000, resting), 3)
  t.strictSame(await marks(), [])
})

t.test('the longer a roll-up took, the longer the rest; small ones have none', (t) => {
  const clock = { now: 0 }
  const resting = new Resting(10, () => clock.now)
  const rolledUp = (executionId: string, spans: number) => ({
    realm: 1,
    executionId,
    traceIds: ['aa'],
    spans,
  })
  resting.add([rolledUp('small', 9)], 1_000)
  t.equal(resting.spare(all), all)
  resting.add([rolledUp('one', 10), rolledUp('other', 500)], 1_000)
  clock.now = 3_999
  t.strictSame(resting.spare(all).values.at(-1), ['one', 'other'])
  clock.now = 4_000
  t.equal(resting.spare(all), all)
  t.end()
})
