-- Starts a locked run's next rollback step: that of the step which succeeded last of those still to be undone.
create function engine.next_rollback(p_run uuid)
returns void language plpgsql set search_path = ''
as $$
begin
  update public.steps as step set status = 'ready', last_move = 'step.ready', due_at = engine.now()
  from (
    select undo.step_key, undo.item_path
    from public.steps as undo
    join public.steps as done on (done.run_id, done.step_key, done.item_path)
      = (undo.run_id, left(undo.step_key, -length('__rollback')), undo.item_path)
    where undo.run_id = p_run and undo.role = 'rollback' and undo.status = 'pending'
    order by done.finished_at desc, done.rank desc, done.item_path desc limit 1
  ) as next
  where (step.run_id, step.step_key, step.item_path) = (p_run, next.step_key, next.item_path);
  perform engine.wake_workers();
end $$;
