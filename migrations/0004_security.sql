-- Keys of runners, revoked tokens, an audit log that only grows, and the second wall below reads.

-- Static keys for runners that cannot mint tokens. What is stored cannot be used to write.
create table ingest_keys (
  -- the public part of the key, by which it is found
  id text primary key,
  -- SHA-256 of the whole key, which holds 256 random bits
  hash bytea not null,
  name text not null,
  workspace text not null,
  workflows text[] not null,
  scopes text[] not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  -- to the minute
  last_used_at timestamptz
);

-- Tokens that are refused before their time, by their `jti`.
create table revoked_tokens (
  jti text primary key,
  revoked_at timestamptz not null default now(),
  -- when every token of this id has expired by itself; null = kept
  expires_at timestamptz
);

-- Repeated denials are added up in memory before they come here: a row, once written, stays as it is.
create function audit_log_stays() returns trigger language plpgsql as $$
begin
  raise exception 'audit_log is append-only' using errcode = 'insufficient_privilege';
end $$;

create trigger audit_log_rows_stay before update or delete on audit_log
  for each row execute function audit_log_stays();
create trigger audit_log_stays before truncate on audit_log
  for each statement execute function audit_log_stays();

create index audit_log_execution on audit_log (workspace, execution_id, id) where execution_id is not null;

-- Row-level security: what a reader's transaction may see, by settings that are local to it
-- (src/store/reader-role.ts). `trace.prefixes` holds the empty prefix where every workflow may be seen. The owner
-- of the tables, who writes, is exempt. Settings stand in sub-selects, so that they are read once per query.
alter table realms enable row level security;
create policy reader_realms on realms for select
  using (id = any ((select nullif(current_setting('trace.realms', true), '')::integer[])::integer[]));

alter table dirty_traces enable row level security;
create policy reader_realms on dirty_traces for select
  using (realm = any ((select nullif(current_setting('trace.realms', true), '')::integer[])::integer[]));

alter table contexts enable row level security;
create policy reader_realms on contexts for select
  using (realm = any ((select nullif(current_setting('trace.realms', true), '')::integer[])::integer[]));

alter table executions enable row level security;
create policy reader_workflows on executions for select
  using (
    realm = any ((select nullif(current_setting('trace.realms', true), '')::integer[])::integer[])
    and (
      workflow_id = any ((select nullif(current_setting('trace.workflows', true), '')::text[])::text[])
      or exists (
        select from unnest((select nullif(current_setting('trace.prefixes', true), '')::text[])) as granted (prefix)
        where starts_with(workflow_id, granted.prefix)
      )
    )
  );

-- The policies below lean on the one above: what they look up is itself only what the reader may see.
alter table execution_traces enable row level security;
create policy reader_executions on execution_traces for select
  using (
    realm = any ((select nullif(current_setting('trace.realms', true), '')::integer[])::integer[])
    and (
      (select '' = any (nullif(current_setting('trace.prefixes', true), '')::text[]))
      or exists (
        select from executions e
        where e.realm = execution_traces.realm and e.execution_id = execution_traces.execution_id
          and e.fallback = execution_traces.fallback
      )
    )
  );

alter table spans enable row level security;
create policy reader_traces on spans for select
  using (
    realm = any ((select nullif(current_setting('trace.realms', true), '')::integer[])::integer[])
    and (
      (select '' = any (nullif(current_setting('trace.prefixes', true), '')::text[]))
      or exists (select from execution_traces t where t.realm = spans.realm and t.trace_id = spans.trace_id)
    )
  );

alter table messages enable row level security;
create policy reader_traces on messages for select
  using (
    realm = any ((select nullif(current_setting('trace.realms', true), '')::integer[])::integer[])
    and (
      (select '' = any (nullif(current_setting('trace.prefixes', true), '')::text[]))
      or exists (select from execution_traces t where t.realm = messages.realm and t.trace_id = messages.trace_id)
    )
  );

alter table span_logs enable row level security;
create policy reader_traces on span_logs for select
  using (
    realm = any ((select nullif(current_setting('trace.realms', true), '')::integer[])::integer[])
    and (
      (select '' = any (nullif(current_setting('trace.prefixes', true), '')::text[]))
      or exists (select from execution_traces t where t.realm = span_logs.realm and t.trace_id = span_logs.trace_id)
    )
  );

-- Only whether there are any is asked as the reader: what they are is looked up behind the first wall.
alter table artifacts enable row level security;
create policy reader_realms on artifacts for select
  using (realm = any ((select nullif(current_setting('trace.realms', true), '')::integer[])::integer[]));
