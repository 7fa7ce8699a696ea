import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { openDatabase } from '../../src/store/database.ts'
import { silent, testDatabase } from '../helpers/database.ts'

t.test('what comes back: exact int8, dates as text, the limits as connection options', async (t) => {
  const database = await testDatabase(t)
  const { rows } = await database.read.query(`select 9223372036854775807::int8 as n, date '2026-11-22' as day,
    current_setting('statement_timeout') as s, current_setting('lock_timeout') as l,
    current_setting('idle_in_transaction_session_timeout') as i, current_setting('application_name') as a`)
  t.strictSame(rows, [
    { n: '9223372036854775807', day: '2026-11-22', s: '5s', l: '2s', i: '10s', a: 'workflow-trace read' },
  ])
  t.strictSame(await database.kysely.selectFrom('spans').select('span_id').execute(), [])
})

t.test('connections that are ended, idle and busy, cost their query and nothing else', async (t) => {
  const { url } = await testDatabase(t)
  const broken: string[] = []
  const database = openDatabase({ url, log: silent, onPoolError: (pool) => broken.push(pool) })
  t.teardown(() => database.close())
  await database.ingest.query('select 1')
  const busy = database.read.query('select pg_sleep(5)').catch((error: unknown) => error)
  await wait(100)
  await database.work.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`)
  t.match(await busy, { code: '57P01' })
  for (let tries = 0; broken.length === 0 && tries < 100; tries++) await wait(20)
  t.strictSame(broken, ['ingest'])
  t.equal((await database.ingest.query('select 1')).rowCount, 1)
  t.equal((await database.read.query('select 1')).rowCount, 1)
  await database.close()
  await database.close()
})

t.test('a pool that is used up says so within its second', async (t) => {
  const database = await testDatabase(t, { work: 1 })
  const client = await database.work.connect()
  await t.rejects(database.work.query('select 1'), { message: /timeout exceeded when trying to connect/ })
  t.equal((await database.read.query('select 1')).rowCount, 1, 'the other pools go on')
  client.release()
})
