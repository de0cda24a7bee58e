-- Drops the weekly partitions of run_events that are over and that retention has emptied. Waits half a second for the lock and else leaves
-- it to the next time. Returns how many.
create function engine.drop_event_partitions()
returns int language plpgsql set search_path = ''
  set lock_timeout = '500ms'
as $$
declare
  this_week constant text := 'run_events_' || to_char(date_trunc('week', engine.now(), 'UTC') at time zone 'UTC', 'YYYY_MM_DD');
  partition_name name;
  has_rows boolean;
  dropped int := 0;
begin
  for partition_name in
    select relname from pg_class join pg_inherits on inhrelid = oid
    where inhparent = 'public.run_events'::regclass and relname ~ '^run_events_\d{4}_\d\d_\d\d$' and relname < this_week
    order by relname
  loop
    execute format('select exists (select from engine.%I)', partition_name) into has_rows;
    continue when has_rows;
    execute format('drop table engine.%I', partition_name);
    dropped := dropped + 1;
  end loop;
  return dropped;
exception when lock_not_available then
  return 0;
end $$;
