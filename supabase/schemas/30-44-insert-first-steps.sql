-- Inserts the steps of a new run that stand in no body: roots ready, reused ones succeeded with the old output, the others pending
-- with their dependencies counted. Called by engine.insert_run.
create function engine.insert_first_steps(p_run uuid, p_reused text[], p_at timestamptz)
returns void language plpgsql set search_path = ''
as $$
declare
  run public.runs;
begin
  select * into run from public.runs where id = p_run;
  insert into public.steps (
    run_id, step_key, workspace_id, plan_step, node_id, kind, role, title, rank, priority, lane, status, last_move, attempt_limit,
    remaining_deps, due_at, port, output_is_fallback, reused_from, verification, items_total, items_done, items_failed, items_started,
    started_at, finished_at)
  select p_run, plan.step_key, run.workspace_id, plan.id, plan.node_id, plan.kind, plan.role, plan.title, plan.rank, run.priority, run.lane,
    case when old.run_id is not null then 'succeeded' when plan.total_deps = 0 then 'ready' else 'pending' end,
    case when old.run_id is not null then 'step.reused' else 'step.ready' end, plan.max_attempts,
    case when old.run_id is null then plan.total_deps else 0 end, case when old.run_id is null and plan.total_deps = 0 then p_at end,
    old.port, coalesce(old.output_is_fallback, false), old.run_id, coalesce(old.verification, 'none'), old.items_total,
    coalesce(old.items_done, 0), coalesce(old.items_failed, 0), coalesce(old.items_started, 0), old.started_at, old.finished_at
  from engine.plan_steps as plan
  left join public.steps as old on plan.step_key = any (p_reused)
    and (old.run_id, old.step_key, old.item_path) = (run.retry_of, plan.step_key, '{}'::int[])
  where (plan.workflow_id, plan.version) = (run.workflow_id, run.version) and plan.within is null and plan.role is distinct from 'rollback';
  if cardinality(p_reused) = 0 then
    return;
  end if;
  insert into public.step_payloads (run_id, step_key, workspace_id, output)
  select p_run, step_key, workspace_id, output from public.step_payloads
  where run_id = run.retry_of and step_key = any (p_reused) and item_path = '{}';
  perform engine.advance(array(select (p_run, key, '{}'::int[])::engine.step_ref from unnest(p_reused) as key), null, 0, null);
end $$;
