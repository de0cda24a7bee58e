-- The short way of reports that only ended their steps: ends them and moves the steps that depend on them in one statement, so that a run's
-- row and its events are written once. Decides exactly what engine.decide_reports and engine.give_tokens decide for such reports.
-- Returns the dependent steps it moved; the caller lets what follows from those take effect.
create function engine.end_plain(p_reports engine.step_report[], p_worker text, p_take int, p_lease interval)
returns engine.moved[] language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  moved engine.moved[];
begin
  with ended as materialized (
    select run_id, step_key, item_path, plan_step, outcome, case when outcome = 'succeeded' then port end as port, nth, gives,
      case when proofs = '[]' then verification else engine.verification_of(proofs, verification) end as verification,
      count(*) filter (where nth = 0) over (partition by run_id) as ended_of_run
    from unnest(p_reports)
  ), given as (
    select run_id, step_key, item_path, ended_of_run, count(*) filter (where met)::int as met, count(*) filter (where not met)::int as dead
    from (
      select ended.run_id, edge.dependent_key as step_key, ended.item_path, ended_of_run, outcome = 'succeeded' and case edge.wanted
          when 'failed' then false
          when 'finished' then true
          else edge.port is null or edge.port is not distinct from ended.port
        end as met
      from ended join engine.plan_deps as edge on edge.upstream = ended.plan_step
      where ended.gives
    ) as token
    group by run_id, step_key, item_path, ended_of_run
  ), judged as (
    select step.run_id, step.step_key, step.item_path, step.rank, step.role, step.plan_step, step.workspace_id,
      step.remaining_deps - given.met - given.dead as remaining, step.dead_deps + given.dead as dead,
      plan.total_deps as total, plan.join_mode, plan.deadline_ms,
      case when run.admitted_at is null or run.paused_at is not null or plan.gated or lane.paused or workflow.status = 'paused' then 0
        else run.max_parallel - (run.counts -> 'running')::int + given.ended_of_run end as room
    from given
    join public.steps as step using (run_id, step_key, item_path)
    join engine.plan_steps as plan on plan.id = step.plan_step
    join public.runs as run on run.id = step.run_id
    join public.lanes as lane on (lane.workspace_id, lane.name) = (run.workspace_id, run.lane)
    join public.workflows as workflow on workflow.id = run.workflow_id
    where step.status = 'pending'
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
      status = next_status,
      last_move = case when next_status = 'pending' then step.last_move when next_status = 'ready' then 'step.ready'
        when next_status = 'running' then 'step.started' else 'step.' || next_status end,
      waiting_for = null,
      remaining_deps = coalesce(next.remaining, step.remaining_deps), dead_deps = coalesce(next.dead, step.dead_deps),
      attempt = step.attempt + next.is_start::int, tries = step.tries + next.is_start::int,
      worker = case when next.is_start then p_worker when next.is_report then step.worker end,
      lease_until = case when next_status = 'running' then at + p_lease end,
      due_at = case when next_status in ('ready', 'running') then at end,
      started_at = case when next.is_start then coalesce(step.started_at, at) else step.started_at end,
      deadline_at = case when next_status = 'running' then coalesce(step.deadline_at, at + next.deadline_ms * interval '1 ms') end,
      finished_at = case when next_status in ('succeeded', 'skipped') then greatest(at, step.started_at) end,
      port = case when next.is_report then next.port else step.port end,
      output_is_fallback = not next.is_report and step.output_is_fallback,
      keeps_output = not next.is_report and step.keeps_output,
      error = case when not next.is_report then step.error end,
      verification = case when next.is_report then next.verification else step.verification end
    from (
      select run_id, step_key, item_path, outcome as next_status, true as is_report, nth > 0 as is_start,
        case when nth > 0 then 0 end as remaining, null::int as dead, null::bigint as deadline_ms, port, verification
      from ended
      union all
      select run_id, step_key, item_path, next_status, false, next_status = 'running', remaining, dead, deadline_ms, null, null from decided
    ) as next
    where (step.run_id, step.step_key, step.item_path) = (next.run_id, next.step_key, next.item_path)
    returning step.run_id, step.step_key, step.item_path, step.status, next.is_report
  )
  select array_agg((run_id, step_key, item_path, status)::engine.moved) into moved
  from changed where status <> 'pending' and not is_report;
  return coalesce(moved, '{}');
end $$;
