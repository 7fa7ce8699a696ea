-- What spans hold as JSON is written by this service alone and read by it alone: as `json`, the server would parse
-- every byte of it again with every COPY, which took a fifth of its time (docs/adr/0009-json-as-text.md).
alter table spans
  alter column attributes type text using attributes::text,
  alter column content type text using content::text,
  alter column events type text using events::text,
  alter column links type text using links::text;

-- A new type forgets how its values are compressed, in every partition.
do $$
declare
  target record;
begin
  for target in
    select relation, field
    from (select 'spans'::regclass as relation union all select inhrelid from pg_inherits where inhparent = 'spans'::regclass) t,
      unnest(array['attributes', 'content', 'events', 'links']) field
  loop
    begin
      execute format('alter table %s alter column %I set compression lz4', target.relation::regclass, target.field);
    exception when others then
      execute format('alter table %s alter column %I set storage external', target.relation::regclass, target.field);
    end;
  end loop;
end $$;
