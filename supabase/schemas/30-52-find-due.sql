-- Steps worth claiming now, without locking anything: ready ones taking workspaces in turn, by priority and age; then due retries and
-- lapsed leases. Reads at most `p_limit` index entries per workspace.
create function engine.find_due(p_limit int)
returns engine.step_ref[] language plpgsql stable set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
begin
  -- Two looks at an index spare the search, which most reports would make in vain.
  if not exists (select from public.steps where status = 'ready') and not exists (
    select from public.steps where (lease_until is not null or waiting_for is not null) and coalesce(lease_until, due_at) <= at
  ) then
    return '{}';
  end if;
  return array(
    with recursive workspace (id) as (
      (select workspace_id from public.steps where status = 'ready' order by workspace_id limit 1)
      union all
      select (select step.workspace_id from public.steps as step where step.status = 'ready' and step.workspace_id > workspace.id
        order by step.workspace_id limit 1)
      from workspace where workspace.id is not null
    ), ready as (
      select step.run_id, step.step_key, step.item_path, step.turn
      from workspace cross join lateral (
        select run_id, step_key, item_path, row_number() over () as turn from (
          -- A run at its limit must not hide the runs behind it.
          select waiting.run_id, waiting.step_key, waiting.item_path
          from public.steps as waiting join public.runs as run on run.id = waiting.run_id
          where waiting.status = 'ready' and waiting.workspace_id = workspace.id
            and (run.counts -> 'running')::int < run.max_parallel
          order by waiting.priority, waiting.due_at limit p_limit
        ) as oldest
      ) as step
      where workspace.id is not null
    ), due as (
      select run_id, step_key, item_path, row_number() over () as turn from (
        select run_id, step_key, item_path from public.steps
        where (lease_until is not null or waiting_for is not null) and coalesce(lease_until, due_at) <= at
          and (status = 'running' or waiting_for ->> 'kind' = 'retry')
        order by coalesce(lease_until, due_at) limit p_limit
      ) as oldest
    )
    select (run_id, step_key, item_path)::engine.step_ref
    from (select * from ready union all select * from due) as candidate order by turn limit p_limit
  );
end $$;
