import pg from 'pg'

/** The role that the service logs in as: it owns the data tables, and is no superuser. */
export const serviceRole = 'trace_service'

/** Everything of the database that is not the audit log belongs to the service; that it may add to, and read. */
const handOver = `
do $$
declare
  part record;
begin
  if not exists (select from pg_roles where rolname = '${serviceRole}') then
    create role ${serviceRole} login noinherit;
  end if;
  if not exists (select from pg_roles where rolname = 'workflow_trace_reader') then
    create role workflow_trace_reader nologin noinherit nobypassrls;
  end if;
  grant workflow_trace_reader to ${serviceRole};
  -- who owns a schema may drop what is in it, and the owner of the database owns the schema from PostgreSQL 15 on
  execute format('alter schema public owner to %I', current_user);
  revoke create on schema public from public;
  grant usage, create on schema public to ${serviceRole};
  grant usage on schema public to workflow_trace_reader;
  for part in
    select oid::regclass::text as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relowner = current_user::regrole
      and relname <> 'audit_log'
  loop
    execute format('alter table %s owner to ${serviceRole}', part.name);
  end loop;
  for part in
    select oid::regprocedure::text as name from pg_proc
    where pronamespace = 'public'::regnamespace and proowner = current_user::regrole and proname <> 'audit_log_stays'
  loop
    execute format('alter function %s owner to ${serviceRole}', part.name);
  end loop;
  if to_regclass('public.audit_log') is not null then
    execute format('alter table audit_log owner to %I', current_user);
    execute format('alter function audit_log_stays() owner to %I', current_user);
    revoke all on audit_log from public, ${serviceRole};
    grant select, insert on audit_log to ${serviceRole};
  end if;
end $$`

/**
 * Makes the service's role, and takes the audit log out of its hands as soon as a migration has made it. To be called
 * as the owner of the cluster, at the start and after migrations; again it changes nothing.
 */
export async function prepareRoles(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query(handOver)
  } finally {
    await client.end()
  }
}
