-- Lets a locked run that is about to end failed or cancelled undo its steps first: adds one step for each that succeeded in this run and
-- has a rollback, and starts the first. They wait for each other in the order of the run's events, last first: the clock may have jumped.
-- False when there is none, or they were undone already.
create function engine.start_rollback(p_run uuid)
returns boolean language plpgsql set search_path = ''
as $$
declare
  run public.runs;
begin
  select * into run from public.runs where id = p_run;
  if run.rolled_back_at is not null or not exists (
    select from engine.plan_steps where (workflow_id, version) = (run.workflow_id, run.version) and role = 'rollback'
  ) then
    return false;
  end if;
  insert into public.steps (
    run_id, step_key, item_path, workspace_id, plan_step, node_id, kind, role, title, rank, priority, status, attempt_limit, remaining_deps)
  select p_run, plan.step_key, done.item_path, run.workspace_id, plan.id, plan.node_id, plan.kind, plan.role, plan.title, plan.rank,
    run.priority, 'pending', plan.max_attempts,
    row_number() over (order by event.seq desc nulls last, done.finished_at desc, done.rank desc, done.item_path desc) - 1
  from engine.plan_steps as plan
  join public.steps as done on done.run_id = p_run and done.step_key = left(plan.step_key, -length('__rollback'))
  left join public.run_events as event on (event.run_id, event.run_created_at, event.kind, event.step_key, event.item_path)
    = (p_run, run.created_at, 'step.succeeded', done.step_key, done.item_path)
  where (plan.workflow_id, plan.version) = (run.workflow_id, run.version) and plan.role = 'rollback'
    and done.status = 'succeeded' and done.reused_from is null
  on conflict do nothing;
  if not found then
    return false;
  end if;
  update public.runs set status = 'running', waiting_for = null, rolled_back_at = engine.now(), deadline_at = null,
    last_move = case status when 'waiting' then 'run.resumed' else 'run.updated' end,
    ending = jsonb_strip_nulls(jsonb_build_object(
      'status', case when run.cancel_requested_at is null then 'failed' else 'cancelled' end, 'error', run.error,
      'cancelRequestedAt', run.cancel_requested_at, 'cancelledBy', run.cancelled_by)),
    error = null, cancel_requested_at = null, cancelled_by = null
  where id = p_run;
  perform engine.next_rollback(p_run);
  return true;
end $$;
