-- What log records carry as bytes, as `spans.artifacts` has it for spans: so that lists and sums count it without
-- reading a record. Null = nothing, as in nearly all of them: the index of the others is small.
alter table span_logs add column artifacts json;
create index span_logs_artifacts on span_logs (realm, trace_id) where artifacts is not null;
-- Where no record carries anything, nobody looks for one: a look at every day costs more than the rest of a page.
alter table realms add column logged_artifacts boolean not null default false;
alter table executions add column logged_artifacts boolean not null default false;
