import pg from 'pg'
import t from 'tap'
import { classify } from '../../src/store/sqlstate.ts'
import { testDatabase } from '../helpers/database.ts'

t.test('what pg and Node throw without asking a server', async (t) => {
  const cases: [unknown, string, boolean][] = [
    [new Error('timeout exceeded when trying to connect'), 'overload', false],
    [new Error('Connection terminated unexpectedly'), 'away', true],
    [new Error('Connection terminated due to connection timeout'), 'away', false],
    [new Error('Query read timeout'), 'slow', false],
    [Object.assign(new Error('x'), { code: 'ECONNRESET' }), 'away', true],
    [Object.assign(new Error('x'), { code: '57P03' }), 'away', false],
    [Object.assign(new Error('x'), { code: '25006' }), 'away', false],
    [Object.assign(new Error('x'), { code: '53300' }), 'overload', true],
    [Object.assign(new Error('x'), { code: '53200' }), 'overload', false],
    [Object.assign(new Error('x'), { code: '53400' }), 'overload', false],
    [Object.assign(new Error('x'), { code: '58030' }), 'full', false],
    [Object.assign(new Error('x'), { code: '40001' }), 'conflict', true],
    [Object.assign(new Error('x'), { code: '57P01' }), 'away', true],
    [Object.assign(new Error('x'), { code: '57P05' }), 'away', true],
    [Object.assign(new Error('x'), { code: '55P03' }), 'slow', false],
    [Object.assign(new Error('x'), { code: '21000' }), 'data', false],
    [Object.assign(new Error('x'), { code: '54000' }), 'data', false],
    [Object.assign(new Error('x'), { code: '53100' }), 'full', false],
    [Object.assign(new Error('x'), { code: '40P01' }), 'conflict', true],
    [Object.assign(new Error('x'), { code: '08006' }), 'away', true],
    [Object.assign(new Error('x'), { code: '08P01' }), 'data', false],
    [Object.assign(new Error('x'), { code: '54001' }), 'data', false],
    [
      Object.assign(new AggregateError([Object.assign(new Error('y'), { code: 'ECONNREFUSED' })])),
      'away',
      false,
    ],
    [new Error('something else'), 'unknown', false],
    [Object.assign(new Error('x'), { code: '__proto__' }), 'unknown', false],
    [null, 'unknown', false],
    ['text', 'unknown', false],
  ]
  for (const [error, of, retry] of cases) t.strictSame(classify(error), { class: of, retry }, String(error))
})

t.test('what a real server says', async (t) => {
  const database = await testDatabase(t)
  const failing = async (sql: string): Promise<string> =>
    classify(
      await database.work.query(sql).then(
        () => null,
        (error: unknown) => error,
      ),
    ).class
  await database.work.query('create table keyed (id int primary key); insert into keyed values (1)')
  t.equal(await failing('insert into keyed values (1)'), 'duplicate')
  t.equal(await failing(`select '\\u0000'::jsonb`), 'data')
  t.equal(await failing(`select 'x'::int`), 'data')
  t.equal(await failing(`set statement_timeout = 10; select pg_sleep(1)`), 'slow')
  t.equal(await failing('select pg_terminate_backend(pg_backend_pid())'), 'away')
  t.equal(await failing('select 1'), 'unknown', 'the pool goes on with a new connection')
})

t.test('a server that is not there', async (t) => {
  const pool = new pg.Pool({
    connectionString: `postgresql://x@/x?host=${encodeURIComponent(t.testdir({}))}`,
  })
  const error = await pool.query('select 1').catch((reason: unknown) => reason)
  t.strictSame(classify(error), { class: 'away', retry: false })
  await pool.end()
})
