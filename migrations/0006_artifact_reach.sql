-- The second wall for artifacts: until now their rows were held to the workspace alone, and their bytes to nothing.

-- Whose artifacts an execution's are, whoever asks: as a reader's own query, it would take the execution of a trace
-- for one of the same name that this reader may not see. A body that is parsed here looks nothing up by name later.
create function workflow_of_execution(of_realm integer, of_execution text) returns text
  language sql stable security definer
  return (
    select workflow_id from executions where realm = of_realm and execution_id = of_execution
    order by fallback limit 1
  );
revoke execute on function workflow_of_execution from public;

-- What has no workflow yet is nobody's.
drop policy reader_realms on artifacts;
create policy reader_workflows on artifacts for select
  using (
    realm = any ((select nullif(current_setting('trace.realms', true), '')::integer[])::integer[])
    and exists (
      select from (select coalesce(workflow_id, workflow_of_execution(realm, execution_id))) as owner (workflow_id)
      where owner.workflow_id = any ((select nullif(current_setting('trace.workflows', true), '')::text[])::text[])
        or exists (
          select from unnest((select nullif(current_setting('trace.prefixes', true), '')::text[])) as granted (prefix)
          where starts_with(owner.workflow_id, granted.prefix)
        )
    )
  );

-- Leans on the policy above.
alter table artifact_chunks enable row level security;
create policy reader_artifacts on artifact_chunks for select
  using (
    realm = any ((select nullif(current_setting('trace.realms', true), '')::integer[])::integer[])
    and exists (
      select from artifacts a
      where a.realm = artifact_chunks.realm and a.execution_id = artifact_chunks.execution_id
        and a.handle = artifact_chunks.handle
    )
  );

alter table erasures enable row level security;
create policy reader_realms on erasures for select
  using (realm = any ((select nullif(current_setting('trace.realms', true), '')::integer[])::integer[]));
