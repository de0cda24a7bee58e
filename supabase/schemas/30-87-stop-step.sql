-- Takes away what a step is at before it is ended from outside: its running attempt, its open question, its child run. The caller ends the step.
create function engine.stop_step(p_step engine.step_ref)
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
begin
  update public.attempts set outcome = 'failed', finished_at = greatest(at, started_at),
    error = jsonb_build_object('class', 'permanent', 'code', 'deadline', 'message', 'The deadline of the step passed while this attempt was under way.')
  where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path) and outcome is null;
  update public.approvals set status = 'cancelled', decided_at = at
  where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path) and status = 'open';
  delete from engine.signal_waits where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path);
  insert into engine.deliveries (run_id, kind)
  select child.id, 'cancel' from public.steps as step
  join public.runs as child on child.parent_run_id = step.run_id and 'run:' || child.id = step.waiting_for ->> 'ref'
  where (step.run_id, step.step_key, step.item_path) = (p_step.run_id, p_step.step_key, p_step.item_path)
    and step.waiting_for ->> 'ref' like 'run:%';
end $$;
