-- Locks the runs of due steps, those whose turn comes first, and at most `p_most`, without waiting for any: `missed` when somebody else holds one.
-- `free` when no pause, lane or limit can hold any of them back, `admitted` when all were admitted before and are running. One look-up by key
-- each, whatever the planner thinks of a table that was nearly empty when it looked.
create function engine.lock_runs(
  p_candidates engine.step_ref[], p_most int, out runs uuid[], out missed boolean, out free boolean, out admitted boolean)
language plpgsql set search_path = ''
as $$
declare
  wanted constant uuid[] := array(
    select run_id from unnest(p_candidates) with ordinality as candidate (run_id, step_key, item_path, turn) group by run_id order by min(turn));
begin
  select coalesce(array_agg(id), '{}'), bool_and(is_free), bool_and(is_running) into runs, free, admitted
  from (
    select run.id, run.status = 'running' and run.admitted_at is not null as is_running,
      run.paused_at is null and workflow.status <> 'paused' and not lane.paused
        and (run.admitted_at is not null or (lane.wip_limit is null and run.limit_key is null and run.rate_key is null)) as is_free
    from unnest(wanted) with ordinality as chosen (run_id, turn)
    cross join lateral (
      select id, workspace_id, workflow_id, lane, status, admitted_at, paused_at, limit_key, rate_key, finished_at from public.runs
      where id = run_id offset 0 for no key update skip locked
    ) as run
    cross join lateral (
      select paused, wip_limit from public.lanes where (lanes.workspace_id, name) = (run.workspace_id, run.lane) offset 0) as lane
    cross join lateral (select workflows.status from public.workflows where id = run.workflow_id offset 0) as workflow
    where run.finished_at is null limit p_most
  ) as locked;
  missed := cardinality(runs) < least(p_most, cardinality(wanted));
end $$;
