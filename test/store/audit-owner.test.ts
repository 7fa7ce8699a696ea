import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import t from 'tap'
import { createLog } from '../../src/log.ts'
import type { Principal, Scope } from '../../src/model/principal.ts'
import { startEmbedded } from '../../src/store/embedded/index.ts'
import { openStore } from '../../src/store/index.ts'
import { silent } from '../helpers/database.ts'
import { span } from '../helpers/span.ts'
import { written } from '../http/real-service.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'trace-audit-'))
const server = await startEmbedded({ dataDir, log: silent, settings: { fsync: 'off' } })
t.teardown(async () => {
  await server.stop()
  rmSync(dataDir, { recursive: true, force: true })
})
const warned: string[] = []
const store = await openStore({
  url: server.serviceUrl,
  log: createLog('warn', { write: (line) => void warned.push(line) }),
  redactionVersion: 1,
  retentionDays: null,
  rowSecurity: true,
})
t.teardown(() => store.close())
await server.protect()

const entry = { workspace: 'w', subject: 's', action: 'reveal', reason: 'to see' }

t.test('the service writes and reads its audit log, and everything else, as its own role', async (t) => {
  await store.audit.append([entry])
  t.match(await store.audit.list('w', { limit: 10 }), [entry])
  await written(store, 'w', ['*'], [span('a', '1', null, { executionId: 'ex', workflowId: 'flow' })])
  const me: Principal = { subject: 's', workspace: 'w', workflows: ['*'], scopes: new Set<Scope>() }
  let found = await store.within(me, () => store.read.execution(me, 'ex'))
  // a read waits 250 ms for the roll-up, which a busy machine may pass
  for (let tries = 0; tries < 40 && found.value === null; tries++) {
    found = await store.within(me, () => store.read.execution(me, 'ex'))
  }
  t.equal(found.value?.execution.workflowId, 'flow')
  const receipt = await store.erase({ workspace: 'w', subject: 's', workflows: ['*'] }, 'ex', null)
  t.match(receipt, { spans: 1 }, 'erasing is on record in the same transaction')
  t.strictSame(warned, [], 'row-level security is there, too')
})

t.test('the role of the service cannot change what is on record', async (t) => {
  const client = new pg.Client({ connectionString: server.serviceUrl })
  await client.connect()
  t.teardown(() => client.end())
  const { rows } = await client.query<{ who: string; all: boolean }>(
    'select current_user as who, rolsuper or rolcreaterole or rolbypassrls or rolreplication as all from pg_roles where rolname = current_user',
  )
  t.match(rows, [{ who: 'trace_service', all: false }])
  // it warns, and grants nothing
  await client.query('grant delete on audit_log to trace_service')
  for (const statement of [
    `update audit_log set reason = 'nothing'`,
    'delete from audit_log',
    'truncate audit_log',
    'truncate audit_log, spans cascade',
    'drop table audit_log',
    'alter table audit_log disable trigger all',
    'alter table audit_log disable trigger audit_log_rows_stay',
    'alter table audit_log rename to old_log',
    'alter table audit_log owner to trace_service',
    'alter table audit_log set schema pg_temp',
    'drop trigger audit_log_rows_stay on audit_log',
    `create or replace function audit_log_stays() returns trigger language plpgsql as $$ begin return null; end $$`,
    'create rule quiet as on insert to audit_log do instead nothing',
    'create trigger quiet before insert on audit_log for each row execute function audit_log_stays()',
    'alter table audit_log enable row level security',
    'drop schema public cascade',
    'drop database trace',
    'set role trace',
    'set session authorization trace',
    'set session_replication_role = replica',
    'grant trace to trace_service',
    'alter role trace_service superuser',
    'copy audit_log to program $$true$$',
    `insert into audit_log (id, workspace, subject, action) overriding system value values (1, 'w', 's', 'a')`,
  ]) {
    const before = await store.audit.list('w', { limit: 10 })
    await t.rejects(client.query(statement), { code: /^(42501|23505|2BP01|55006)$/ }, statement)
    t.strictSame(await store.audit.list('w', { limit: 10 }), before, statement)
  }
})

t.test('a start on a cluster that is there changes nothing of it', async (t) => {
  await server.protect()
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  t.teardown(() => client.end())
  const { rows } = await client.query<{ name: string; owner: string }>(
    `select relname as name, relowner::regrole::text as owner from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1`,
  )
  for (const { name, owner } of rows) t.equal(owner, name === 'audit_log' ? 'trace' : 'trace_service', name)
})
