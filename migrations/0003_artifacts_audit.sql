-- Bytes that spans produced, in chunks; who looked at what.

create table artifacts (
  realm integer not null,
  execution_id text not null,
  artifact_id text not null,
  -- null until a span of the realm names the execution, unless the upload named it
  workflow_id text,
  span_id bytea,
  name text,
  media_type text not null,
  size bigint not null,
  -- of the bytes as stored, after redaction
  sha256 bytea not null,
  -- 16 random bytes: its key in download ids, and what its chunks belong to
  handle bytea not null,
  stored_at timestamptz not null default now(),
  -- when its bytes were dropped and only this row stayed
  gone_at timestamptz,
  -- the rules that its name and bytes went through
  redaction_version integer not null default 0,
  primary key (realm, execution_id, artifact_id)
);
create index artifacts_by_handle on artifacts (handle);
create index artifacts_by_id on artifacts (realm, artifact_id);
create index artifacts_stored on artifacts (stored_at);

create table artifact_chunks (
  realm integer not null,
  execution_id text not null,
  handle bytea not null,
  position integer not null,
  bytes bytea not null,
  primary key (realm, execution_id, handle, position)
);
alter table artifact_chunks alter column bytes set storage external;

create table audit_log (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  workspace text not null,
  subject text not null,
  action text not null,
  workflow_id text,
  execution_id text,
  trace_id text,
  span_id text,
  reason text,
  -- coalesced repetitions of one denial
  times integer not null default 1,
  details json
);
create index audit_log_workspace on audit_log (workspace, id);

-- Keys that must be the same in every process: redacted ids, signed cursors, signed links.
create table service_keys (
  workspace text not null,
  purpose text not null,
  key bytea not null,
  primary key (workspace, purpose)
);
