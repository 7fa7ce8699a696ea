import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import t from 'tap'
import { startEmbedded } from '../../src/store/embedded/index.ts'
import { openStore } from '../../src/store/index.ts'
import { migrate } from '../../src/store/migrate.ts'
import { silent } from '../helpers/database.ts'
import { span } from '../helpers/span.ts'
import { written } from '../http/real-service.ts'

// a plain cluster of its administrator's: the database in it belongs to the service's role (here `tracer`), as operations.md says
const dataDir = mkdtempSync(join(tmpdir(), 'trace-hand-over-'))
const server = await startEmbedded({ dataDir, log: silent, settings: { fsync: 'off' } })
t.teardown(async () => {
  await server.stop()
  rmSync(dataDir, { recursive: true, force: true })
})
const urlOf = (role: string | null, database: string) =>
  server.url
    .replace(/\/\/[^@/]*@/, role === null ? '$&' : `//${role}@`)
    .replace(/^(\w+:\/\/[^/]*\/)[^?]*/, `$1${database}`)
const asAdministrator = async (database: string, ...statements: string[]) => {
  const client = new pg.Client({ connectionString: urlOf(null, database) })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}

/** The statements of operations.md, as they stand there. */
function handOver(): string {
  const text = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8').replace(
    /\s+/g,
    ' ',
  )
  const [, statements] = /`(alter table audit_log owner to auditor;[^`]*)`/.exec(text) ?? []
  if (statements === undefined) throw new Error('operations.md does not say how')
  return statements.replace(/\btrace\b/g, 'tracer')
}

await asAdministrator(
  'postgres',
  'create role tracer login',
  'create role auditor nologin',
  'create role dba nologin',
  'create database plain owner tracer',
)
const url = urlOf('tracer', 'plain')
const open = () =>
  openStore({ url, log: silent, redactionVersion: 1, retentionDays: null, rowSecurity: false })
const entry = { workspace: 'w', subject: 's', action: 'reveal', reason: 'to see' }

t.test('before it, the owner of the table could drop the trigger', async (t) => {
  const store = await open()
  await store.audit.append([entry])
  await store.close()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  t.teardown(() => client.end())
  await t.rejects(client.query('delete from audit_log'), /append|stay|change/i, 'the trigger')
  await client.query('begin')
  await client.query('alter table audit_log disable trigger all')
  await client.query('rollback')
})

t.test('after it, the service works, and cannot change what is on record', async (t) => {
  await asAdministrator('plain', 'alter database plain owner to dba', handOver())
  await migrate(url, { today: new Date(Date.now() + 86_400_000) })
  const store = await open()
  t.teardown(() => store.close())
  await store.audit.append([{ ...entry, subject: 'later' }])
  t.match(await store.audit.list('w', { limit: 10 }), [{ subject: 'later' }, entry])
  await written(store, 'w', ['*'], [span('a', '1', null, { executionId: 'ex', workflowId: 'flow' })])
  t.match(await store.erase({ workspace: 'w', subject: 's', workflows: ['*'] }, 'ex', null), { spans: 1 })

  const client = new pg.Client({ connectionString: url })
  await client.connect()
  t.teardown(() => client.end())
  for (const statement of [
    `update audit_log set reason = 'nothing'`,
    'delete from audit_log',
    'truncate audit_log',
    'drop table audit_log',
    'alter table audit_log disable trigger all',
    'alter table audit_log owner to tracer',
    'drop trigger audit_log_rows_stay on audit_log',
    'drop schema public cascade',
    'drop database plain',
    'set role auditor',
    'set session_replication_role = replica',
    `create or replace function audit_log_stays() returns trigger language plpgsql as $$ begin return null; end $$`,
  ]) {
    await t.rejects(client.query(statement), { code: /^(42501|23505|2BP01|55006)$/ }, statement)
  }
  t.equal((await store.audit.list('w', { limit: 10 })).length, 3, 'the erasure is on record too')
})
