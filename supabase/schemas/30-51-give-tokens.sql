-- Counts tokens against pending steps and moves those whose fate they decide: skipped, or ready, or (up to `p_take`, within the run's
-- parallelism) straight to running for the worker that reports; items whose result is at hand succeed. Returns the steps moved. The caller holds the runs' locks.
create function engine.give_tokens(p_tokens engine.token[], p_worker text, p_take int, p_lease interval)
returns engine.moved[] language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  moved engine.moved[];
begin
  with given as (
    select run_id, step_key, item_path, sum(met)::int as met, sum(dead)::int as dead from unnest(p_tokens)
    group by run_id, step_key, item_path
  ), judged as (
    select step.run_id, step.step_key, step.item_path, step.rank, step.role, step.plan_step, step.workspace_id,
      step.remaining_deps - given.met - given.dead as remaining, step.dead_deps + given.dead as dead,
      plan.total_deps as total, plan.join_mode, plan.deadline_ms,
      case when run.admitted_at is null or run.paused_at is not null or plan.gated or lane.paused or workflow.status = 'paused' then 0
        else run.max_parallel - (run.counts -> 'running')::int end as room
    from given
    join public.steps as step using (run_id, step_key, item_path)
    join engine.plan_steps as plan on plan.id = step.plan_step
    join public.runs as run on run.id = step.run_id
    join public.lanes as lane on (lane.workspace_id, lane.name) = (run.workspace_id, run.lane)
    join public.workflows as workflow on workflow.id = run.workflow_id
    where step.status = 'pending' and run.error is null and run.cancel_requested_at is null
  ), decided as (
    select *, case verdict
      when 'go' then case when row_number() over (partition by verdict order by rank, item_path) <= p_take
        and row_number() over (partition by run_id, verdict order by rank, item_path) <= room then 'running' else 'ready' end
      else verdict
    end as next_status
    from (
      select *, case when verdict_only = 'go' and role is not distinct from 'item' and engine.settle_item(run_id, workspace_id, plan_step, step_key, item_path)
        then 'succeeded' else verdict_only end as verdict
      from (select *, engine.verdict_of(role, join_mode, total, remaining, dead) as verdict_only from judged) as judged
    ) as ruled
  ), changed as (
    update public.steps as step set
      remaining_deps = decided.remaining, dead_deps = decided.dead, status = next_status,
      last_move = case next_status when 'pending' then step.last_move when 'skipped' then 'step.skipped'
        when 'succeeded' then 'step.succeeded' when 'running' then 'step.started' else 'step.ready' end,
      attempt = step.attempt + (next_status = 'running')::int, tries = step.tries + (next_status = 'running')::int,
      worker = case when next_status = 'running' then p_worker end,
      lease_until = case when next_status = 'running' then at + p_lease end,
      due_at = case when next_status in ('ready', 'running') then at end,
      started_at = case when next_status = 'running' then coalesce(step.started_at, at) else step.started_at end,
      deadline_at = case when next_status = 'running' then coalesce(step.deadline_at, at + deadline_ms * interval '1 ms') end,
      finished_at = case when next_status in ('skipped', 'succeeded') then greatest(at, step.started_at) end
    from decided
    where (step.run_id, step.step_key, step.item_path) = (decided.run_id, decided.step_key, decided.item_path)
    returning step.run_id, step.step_key, step.item_path, step.status
  )
  select array_agg((run_id, step_key, item_path, status)::engine.moved) into moved from changed where status <> 'pending';
  return coalesce(moved, '{}');
end $$;
