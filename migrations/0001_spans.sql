-- Spans as exporters sent them, in our words. One row per (realm, trace, span); every key begins with the realm.

-- workspace + write grant, interned. Spans of different realms never mix, even with equal trace ids.
create table realms (
  id integer generated always as identity primary key,
  workspace text not null,
  -- the sorted workflow patterns of the tokens that wrote, as a JSON array
  grant_patterns text not null,
  unique (workspace, grant_patterns)
);

-- The pairs of resource and scope that spans came with, stored once by content.
create table contexts (
  realm integer not null,
  hash bytea not null,
  body json not null,
  primary key (realm, hash)
);

create table spans (
  realm integer not null,
  trace_id bytea not null,
  span_id bytea not null,
  -- UTC day of the start as sent, else of the end, when its partition exists; else the sentinel 1970-01-01
  day date not null,
  parent_span_id bytea,
  -- order-preserving: of two versions of a span the larger wins; an equal one writes nothing
  rank bytea not null,
  received_at timestamptz not null,
  redaction_version integer not null,

  kind smallint not null,
  status smallint not null,
  otel_kind smallint not null,
  status_code smallint not null,
  flags bigint not null,
  -- Unix nanoseconds as sent; end null = running
  start_ns bigint not null,
  end_ns bigint,
  -- wall time that the span says it took, where it was recorded after the fact
  reported_duration_ns bigint,

  name text not null,
  -- what a row of the tree is called, where that is not the name
  title text,
  execution_id text,
  workflow_id text,
  workflow_name text,
  -- who sent it, from the resource: the last resort for a workflow's name, and who owes a missing parent
  service_name text,
  thread_id text,
  user_id text,
  node_id text,
  node_name text,
  node_kind text,
  model text,
  provider text,
  response_id text,
  finish_reason text,

  input_tokens bigint,
  output_tokens bigint,
  total_tokens bigint,
  cached_input_tokens bigint,
  cache_write_input_tokens bigint,
  reasoning_output_tokens bigint,
  tokens_aggregated boolean not null,
  cost numeric(24, 12),
  cost_estimated boolean,
  -- the price data of an estimate
  cost_version text,

  error_type text,
  error_message text,
  status_message text,
  trace_state text,
  dropped_attributes integer not null,
  dropped_events integer not null,
  dropped_links integer not null,
  -- null = none: rows of a tree say how many there are without a look at them
  event_count integer,

  context bytea not null,
  artifacts json,
  notices json,
  attributes json,
  content json,
  events json,
  links json,

  -- what the order of a tree is made of comes from the index alone
  primary key (realm, trace_id, span_id, day) include (parent_span_id, start_ns, execution_id)
) partition by range (day);

create index spans_received on spans (received_at);

-- Messages of conversations, stored once per trace and day by content; spans refer to them by hash.
create table messages (
  realm integer not null,
  trace_id bytea not null,
  day date not null,
  hash bytea not null,
  body text not null,
  primary key (realm, trace_id, day, hash)
) partition by range (day);

-- Log records that carry content or an exception of a span; either may come first.
create table span_logs (
  realm integer not null,
  trace_id bytea not null,
  span_id bytea not null,
  day date not null,
  hash bytea not null,
  time_ns bigint not null,
  -- the place within its request: records of one call often have one time
  position integer not null,
  event_name text not null,
  received_at timestamptz not null,
  redaction_version integer not null,
  body json not null,
  primary key (realm, trace_id, span_id, day, hash)
) partition by range (day);

-- lz4 costs a fraction of pglz; a server without it stores content uncompressed rather than slowly.
do $$
declare
  target record;
begin
  for target in select * from (values
    ('spans', 'attributes'), ('spans', 'content'), ('spans', 'events'), ('spans', 'links'),
    ('messages', 'body'), ('span_logs', 'body')) as wide (relation, field)
  loop
    begin
      execute format('alter table %I alter column %I set compression lz4', target.relation, target.field);
    exception when others then
      execute format('alter table %I alter column %I set storage external', target.relation, target.field);
    end;
  end loop;
end $$;

-- What no day claims: hostile clocks, late replays. Deleted by received_at, not by partition.
create table spans_undated partition of spans for values from (minvalue) to ('1970-01-02');
create table messages_undated partition of messages for values from (minvalue) to ('1970-01-02');
create table span_logs_undated partition of span_logs for values from (minvalue) to ('1970-01-02');
