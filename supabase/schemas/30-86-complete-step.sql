-- Ends a waiting step with an output: its timer is over, people decided, its child run ended. Where the plan has checks, the step does not
-- end yet: the output is kept and a worker makes the checks. The caller advances and settles the run.
create function engine.complete_step(p_step engine.step_ref, p_port text, p_output jsonb)
returns void language plpgsql set search_path = ''
as $$
declare
  to_be_checked boolean;
begin
  insert into public.step_payloads (run_id, step_key, item_path, workspace_id, output, checks)
  select step.run_id, step.step_key, step.item_path, step.workspace_id, p_output,
    case when plan.has_checks then jsonb_strip_nulls(jsonb_build_object('port', p_port)) end
  from public.steps as step join engine.plan_steps as plan on plan.id = step.plan_step
  where (step.run_id, step.step_key, step.item_path) = (p_step.run_id, p_step.step_key, p_step.item_path)
  on conflict (run_id, step_key, item_path) do update set output = excluded.output, checks = excluded.checks
  returning checks is not null into to_be_checked;
  if to_be_checked then
    perform engine.release_checks(p_step);
    return;
  end if;
  update public.steps set status = 'succeeded', last_move = 'step.succeeded', waiting_for = null, due_at = null, port = p_port,
    items_total = case when role = 'turn' then 1 else items_total end, error = null, finished_at = greatest(engine.now(), started_at)
  where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path);
end $$;
