-- The figures of `/metrics`. Everything is read from small tables or from at most so many entries of an index over what is open, so that the
-- answer costs the same however many runs have ended.
create function engine.metrics()
returns jsonb language plpgsql security definer set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  most constant int := 20000;
  answer jsonb;
begin
  select jsonb_build_object(
    'runs', (
      select coalesce(jsonb_agg(jsonb_build_object('lane', lane, 'status', status, 'n', n)), '[]')
      from (
        select lane, status, count(*) as n
        from (select lane, status from public.runs where finished_at is null limit most) as open group by lane, status order by lane, status
      ) as counted),
    'waits', (
      select coalesce(jsonb_object_agg(kind, n), '{}')
      from (
        select kind, count(*) as n
        from (select waiting_for ->> 'kind' as kind from public.steps where waiting_for is not null limit most) as waiting group by kind
      ) as counted),
    'ready', (
      select jsonb_build_object('n', count(*), 'oldestMs', coalesce(extract(epoch from at - min(due_at)) * 1000, 0))
      from (select due_at from public.steps where status = 'ready' limit most) as ready),
    'running', (select count(*) from (select from public.steps where lease_until is not null limit most) as running),
    'workers', (
      select jsonb_build_object('alive', count(*) filter (where vanished_at is null), 'asleep', count(*) filter (where sleeping and not at_work))
      from engine.workers where seen_at > at - interval '1 hour' or pid is not null),
    'totals', (select coalesce(jsonb_object_agg(name, value), '{}') from engine.totals),
    'rejections', coalesce((select max(id) from engine.rejections), 0),
    'deliveries', (select count(*) from (select from engine.deliveries limit most) as pending),
    'breakers', (select count(*) from engine.breakers where opened_at is not null),
    'removals', (select count(*) from (select from engine.file_removals limit most) as pending),
    'chores', (select jsonb_object_agg(name, took_ms) from engine.chores),
    'partitions', (
      select jsonb_build_object('n', count(*), 'ahead', count(*) filter (
        where relname > 'run_events_' || to_char(date_trunc('week', at, 'UTC') at time zone 'UTC', 'YYYY_MM_DD')))
      from pg_class join pg_inherits on inhrelid = oid
      where inhparent = 'public.run_events'::regclass and relname ~ '^run_events_\d{4}_\d\d_\d\d$'),
    'databaseBytes', pg_database_size(current_database())
  ) into answer;
  return answer;
end $$;
