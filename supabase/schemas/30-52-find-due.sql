-- Steps worth claiming now, without locking anything: ready ones taking workspaces in turn, in each by priority, then lanes in turn, then by
-- age; then due retries, limits whose time has come and lapsed leases. Reads at most `p_limit` index entries per workspace and lane. `complete`
-- when nothing else is due.
create function engine.find_due(p_limit int, out candidates engine.step_ref[], out complete boolean)
language plpgsql stable set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  few constant int := least(p_limit, 16);
begin
  -- A few ready steps and nothing else: no need to choose. That spares the search, which most reports would make in vain.
  select coalesce(array_agg((run_id, step_key, item_path)::engine.step_ref) filter (where has_room), '{}'), count(*) <= few and not exists (
      select from public.steps where (lease_until is not null or waiting_for is not null) and coalesce(lease_until, due_at) <= at)
  into candidates, complete
  from (
    select run_id, step_key, item_path from public.steps where status = 'ready' order by workspace_id, lane, priority, due_at limit few + 1
  ) as waiting cross join lateral (
    select (counts -> 'running')::int < max_parallel as has_room from public.runs where id = run_id offset 0) as run;
  if complete then
    return;
  end if;
  candidates := array(
    with recursive place (workspace_id, lane) as (
      (select workspace_id, lane from public.steps where status = 'ready' order by workspace_id, lane limit 1)
      union all
      select further.workspace_id, further.lane
      from place cross join lateral (
        select step.workspace_id, step.lane from public.steps as step
        where step.status = 'ready' and (step.workspace_id, step.lane) > (place.workspace_id, place.lane)
        order by step.workspace_id, step.lane limit 1
      ) as further
    ), shared as (
      -- Two lanes or more: each shows as much as twice its share, so that a long one costs no more than a short one.
      select *, case when count(*) over (partition by workspace_id) = 1 then p_limit
        else (2 * p_limit / count(*) over (partition by workspace_id))::int + 1 end as share
      from place
    ), ready as (
      select run_id, step_key, item_path,
        row_number() over (partition by workspace_id order by priority, turn_of_lane, due_at) as turn
      from (
        select shared.workspace_id, step.*,
          row_number() over (partition by shared.workspace_id, shared.lane, step.priority order by step.due_at) as turn_of_lane
        from shared cross join lateral (
          -- A run at its limit must not hide the runs behind it.
          select waiting.run_id, waiting.step_key, waiting.item_path, waiting.priority, waiting.due_at
          from public.steps as waiting join public.runs as run on run.id = waiting.run_id
          where waiting.status = 'ready' and waiting.workspace_id = shared.workspace_id and waiting.lane = shared.lane
            and (run.counts -> 'running')::int < run.max_parallel
          order by waiting.priority, waiting.due_at limit shared.share
        ) as step
      ) as oldest
    ), due as (
      -- What a dead worker left comes first: it was under way already.
      select run_id, step_key, item_path, case when lapsed then 0 else row_number() over () end as turn from (
        select run_id, step_key, item_path, status = 'running' as lapsed from public.steps as due
        where (lease_until is not null or waiting_for is not null) and coalesce(lease_until, due_at) <= at
          -- One that was only just taken has no attempt yet: it has not lapsed, the clock jumped in the middle of its claim.
          and (status = 'running' and exists (
              select from public.attempts as attempt
              where (attempt.run_id, attempt.step_key, attempt.item_path, attempt.n) = (due.run_id, due.step_key, due.item_path, due.attempt))
            or waiting_for ->> 'kind' in ('retry', 'limit', 'budget'))
        order by coalesce(lease_until, due_at) limit p_limit
      ) as oldest
    )
    select (run_id, step_key, item_path)::engine.step_ref
    from (select * from ready union all select * from due) as candidate order by turn limit p_limit
  );
  complete := cardinality(candidates) = 0;
end $$;
