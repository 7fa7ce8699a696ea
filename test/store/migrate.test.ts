import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import t from 'tap'
import { checkServer } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { dayWindow, listDays } from '../../src/store/partitions.ts'
import { DatabaseUnusable } from '../../src/store/unusable.ts'
import { emptyDatabase, testDatabase } from '../helpers/database.ts'

const own = fileURLToPath(new URL('../../migrations/', import.meta.url))
const today = new Date('2026-11-22T23:59:59Z')

async function rowsOf(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(sql)
  await client.end()
  return rows
}

t.test('twenty at once: one works, all succeed', async (t) => {
  const url = await emptyDatabase(t)
  const done = await Promise.all(Array.from({ length: 20 }, () => migrate(url, { today })))
  const applied = done.map((one) => one.applied.length).filter((length) => length > 0)
  t.equal(applied.length, 1, 'one process applied them')
  t.equal(applied[0], done[0]?.version, 'all of them')
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  t.strictSame([...(await listDays(client))].sort(), dayWindow(today))
  await client.end()
  t.strictSame((await migrate(url, { today })).applied, [], 'a later run finds nothing to do')
})

t.test('an older binary refuses a newer schema', async (t) => {
  const url = await emptyDatabase(t)
  const folder = t.testdir({})
  cpSync(own, folder, { recursive: true })
  writeFileSync(join(folder, '9000_later.sql'), 'create table later (id int)')
  await migrate(url, { today, folder })
  await t.rejects(migrate(url, { today }), {
    name: 'DatabaseUnusable',
    message: /9000_later.*at least as new/,
  })
})

t.test('a migration that changed after it was applied is refused; line ends are no change', async (t) => {
  const url = await emptyDatabase(t)
  const unix = t.testdir({
    a: { '0001_a.sql': stub('select 1;\n') },
    b: { '0001_a.sql': stub('select 1;\r\n') },
  })
  await migrate(url, { today, folder: join(unix, 'a') })
  t.strictSame((await migrate(url, { today, folder: join(unix, 'b') })).applied, [])
  writeFileSync(join(unix, 'a', '0001_a.sql'), stub('select 2;\n'))
  await t.rejects(migrate(url, { today, folder: join(unix, 'a') }), {
    name: 'DatabaseUnusable',
    message: /0001_a/,
  })
})

t.test('a failing migration leaves the schema at the one before', async (t) => {
  const url = await emptyDatabase(t)
  const folder = t.testdir({
    '0001_a.sql': stub(''),
    '0002_b.sql': 'create table half (id int); select 1/0;',
  })
  await t.rejects(migrate(url, { today, folder }), { message: /0002_b.sql: division by zero/ })
  t.strictSame(await rowsOf(url, 'select id from schema_migrations'), [{ id: 1 }])
  t.strictSame(await rowsOf(url, `select to_regclass('half') as half`), [{ half: null }])
})

t.test('days that retention has dropped are not made', async (t) => {
  const url = await emptyDatabase(t)
  await migrate(url, { today, retentionDays: 3 })
  const made = await rowsOf(url, `select relname from pg_class where relname ~ '^spans_[0-9]{8}$' order by 1`)
  t.strictSame(
    made,
    [19, 20, 21, 22, 23, 24].map((day) => ({ relname: `spans_202611${day}` })),
  )
})

t.test('the server is checked', async (t) => {
  const database = await testDatabase(t)
  t.match((await checkServer(database)).version, /^1[4-9]|^[2-9]\d/)
  const name = new URL(database.url.replace('@/', '@host/')).pathname.slice(1)
  await database.work.query(`alter database ${name} set synchronous_commit = off`)
  const later = await checkLater(database.url)
  t.ok(later instanceof DatabaseUnusable)
  t.match(later, { message: /synchronous_commit = off/ })
})

async function checkLater(url: string): Promise<unknown> {
  const pool = new pg.Pool({ connectionString: url })
  const error = await checkServer({ work: pool }).catch((reason: unknown) => reason)
  await pool.end()
  return error
}

/** A smallest schema that day partitions can be made in. */
function stub(sql: string): string {
  const tables = ['spans', 'messages', 'span_logs'].map(
    (name) => `create table if not exists ${name} (day date) partition by range (day);`,
  )
  return `${tables.join('\n')}\n${sql}`
    .replaceAll('\n', sql.includes('\r') ? '\r\n' : '\n')
    .replaceAll('\r\r', '\r')
}
