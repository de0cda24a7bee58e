-- The error that failed one item of a map: that of its first uncaught failed step; null when the item did not fail.
create function engine.item_error(p_run uuid, p_collector text, p_item int[])
returns jsonb language plpgsql stable set search_path = ''
as $$
begin
  return (
    select step.error || jsonb_build_object('step', step.step_key)
    from public.runs as run
    join engine.plan_steps as plan on (plan.workflow_id, plan.version, plan.within) = (run.workflow_id, run.version, p_collector)
    join public.steps as step on (step.run_id, step.step_key, step.item_path) = (p_run, plan.step_key, p_item)
    where run.id = p_run and step.status = 'failed' and plan.on_failure = 'fail_run' and step.role is distinct from 'split'
    order by step.finished_at, step.rank limit 1
  );
end $$;
