-- Executions are derived from spans, never incremented: duplicates and late spans cannot make them wrong.

-- Insert-only: "spans of this trace changed". Written in the transaction that stores the spans.
create table dirty_traces (
  id bigint generated always as identity,
  realm integer not null,
  trace_id bytea not null,
  -- the executions that the new spans name themselves, so that a read of one can find its marks
  execution_ids text[] not null,
  marked_at timestamptz not null default now()
);
create index dirty_traces_trace on dirty_traces (realm, trace_id);

create table executions (
  realm integer not null,
  execution_id text not null,
  -- an execution that nobody named: its id is the trace id, in a namespace of its own
  fallback boolean not null,
  -- the order in which executions were first stored
  seq bigint generated always as identity,

  workflow_id text not null,
  -- an explicit id stays; a provisional one gives way to the first explicit
  workflow_explicit boolean not null,
  status text not null,
  started_ns bigint,
  ended_ns bigint,
  name text,
  thread_id text,
  error_message text,
  span_count integer not null default 0,
  error_count integer not null default 0,
  llm_call_count integer not null default 0,
  input_tokens bigint,
  output_tokens bigint,
  total_tokens bigint,
  cached_input_tokens bigint,
  cache_write_input_tokens bigint,
  reasoning_output_tokens bigint,
  cost numeric(24, 12),
  cost_source text,
  cost_unknown_calls integer not null default 0,
  complete boolean not null default false,
  -- told to the metrics, once
  counted boolean not null default false,
  has_root boolean not null default false,
  notices json,
  root_trace_id bytea,
  root_span_id bytea,
  first_span_at timestamptz not null,
  last_span_at timestamptz not null,
  -- changes whenever the roll-up changes
  version bigint not null default 0,

  primary key (realm, execution_id, fallback)
);
create index executions_by_workflow on executions (realm, workflow_id, started_ns desc, execution_id);
create index executions_by_thread on executions (realm, thread_id) where thread_id is not null;

create table execution_traces (
  realm integer not null,
  execution_id text not null,
  fallback boolean not null,
  trace_id bytea not null,
  -- the days that the trace's spans are stored under, so that reads look into their partitions only
  days date[] not null default '{}',
  primary key (realm, execution_id, fallback, trace_id)
);
create index executions_uncounted on executions (last_span_at) where not counted;
create index execution_traces_trace on execution_traces (realm, trace_id);

-- Erased executions: late spans of them are refused. Kept for ever, and without a word of what was erased.
create table erasures (
  -- grows with every commit that erases: writers whose check was older than the newest check again
  id bigint generated always as identity unique,
  realm integer not null,
  execution_id text not null,
  -- an execution that nobody named: its id is the trace id
  fallback boolean not null,
  -- '' = the execution as a whole; else one of its traces, with the span that was its root there
  trace_id bytea not null default '',
  root_span_id bytea,
  -- the ids of the erased spans of that trace (and of parents that they waited for), eight bytes each
  span_ids bytea not null default '',
  erased_at timestamptz not null default now(),
  primary key (realm, execution_id, fallback, trace_id)
);
create index erasures_trace on erasures (realm, trace_id);

-- Says in the writer's own transaction that nothing was erased since it looked. An erasure takes the same lock
-- exclusively to commit its row: so every span is either seen by the erasure or refused.
create function erasures_unchanged(known bigint) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(hashtext('workflow-trace erasures'));
  if exists (select from erasures where id > known) then
    raise exception 'executions were erased meanwhile' using errcode = 'WT001';
  end if;
end $$;
