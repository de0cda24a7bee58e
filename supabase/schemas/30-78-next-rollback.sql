-- Starts a locked run's next rollback step: that of the step which succeeded last of those still to be undone.
create function engine.next_rollback(p_run uuid)
returns void language plpgsql set search_path = ''
as $$
begin
  update public.steps as step set status = 'ready', last_move = 'step.ready', due_at = engine.now(), remaining_deps = 0
  from (
    select step_key, item_path from public.steps
    where run_id = p_run and role = 'rollback' and status = 'pending'
    order by remaining_deps limit 1
  ) as next
  where (step.run_id, step.step_key, step.item_path) = (p_run, next.step_key, next.item_path);
  perform engine.wake_workers();
end $$;
