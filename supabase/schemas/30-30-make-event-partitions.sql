-- Makes the weekly partitions of run_events from this week to so many weeks ahead; called at set-up and by the sweep. A week whose
-- rows already went to the default partition stays there.
create function engine.make_event_partitions(p_weeks_ahead int default 8)
returns int language plpgsql security definer set search_path = ''
  set lock_timeout = '500ms'
as $$
declare
  this_week constant timestamptz := date_trunc('week', engine.now(), 'UTC');
  week_start timestamptz;
  partition_name text;
  made int := 0;
begin
  for week_number in 0 .. p_weeks_ahead loop
    week_start := this_week + make_interval(weeks => week_number);
    partition_name := 'run_events_' || to_char(week_start at time zone 'UTC', 'YYYY_MM_DD');
    continue when to_regclass('engine.' || partition_name) is not null
      or exists (
        select from engine.run_events_default
        where run_created_at >= week_start and run_created_at < week_start + interval '1 week'
      );
    execute format(
      'create table engine.%I partition of public.run_events for values from (%L) to (%L)',
      partition_name, week_start, week_start + interval '1 week'
    );
    execute format('alter table engine.%I enable row level security', partition_name);
    made := made + 1;
  end loop;
  return made;
exception when lock_not_available then
  -- The next sweep that is due tries again; weeks are made long ahead.
  return 0;
end $$;

select engine.make_event_partitions();
