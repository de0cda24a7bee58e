-- What an operator wants to know at a glance: how many workers live, and what of this workspace is queued, runs and waits, and since when;
-- which hosts it does not call because they keep failing. Members. Says nothing of other workspaces; counts stop at 10,000.
create function public.engine_status(workspace uuid)
returns jsonb language plpgsql stable security definer set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  most constant int := 10000;
  answer jsonb;
begin
  perform engine.require_role(workspace, 'viewer', 'workspace');
  select jsonb_build_object(
    'workers', (
      select count(*) from engine.workers as worker
      where worker.vanished_at is null and (worker.pid is not null or worker.seen_at > at - interval '1 hour')),
    'ready', (
      select jsonb_build_object('n', count(*), 'oldestAt', min(due_at))
      from (select due_at from public.steps where workspace_id = workspace and status = 'ready' limit most) as ready),
    'lanes', (
      select coalesce(jsonb_agg(jsonb_build_object('lane', lane, 'status', status, 'n', n, 'oldestAt', oldest)), '[]')
      from (
        select lane, status, count(*) as n, min(created_at) as oldest
        from (select lane, status, created_at from public.runs where workspace_id = workspace and finished_at is null limit most) as open
        group by lane, status order by lane, status
      ) as counted),
    'breakers', (
      select coalesce(jsonb_agg(jsonb_build_object('host', host, 'openedAt', opened_at, 'probeAt', probe_at, 'n', (
        select count(*) from (
          select from public.steps
          where workspace_id = workspace and waiting_for ->> 'kind' = 'limit' and waiting_for ->> 'ref' = 'host:' || host limit most
        ) as held)) order by opened_at), '[]')
      from (
        select * from engine.breakers as breaker where breaker.workspace_id = workspace and opened_at is not null order by opened_at limit 20
      ) as broken),
    'waits', (
      select coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'n', n, 'oldestAt', oldest) order by n desc, kind), '[]')
      from (
        select kind, count(*) as n, min(created_at) as oldest
        from (
          select waiting_for ->> 'kind' as kind, created_at from public.runs
          where workspace_id = workspace and finished_at is null and waiting_for is not null limit most
        ) as waiting group by kind
      ) as counted)
  ) into answer;
  return answer;
end $$;
