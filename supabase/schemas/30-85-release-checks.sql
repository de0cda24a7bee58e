-- Lets a waiting step whose work stands go on to its checks: a worker claims it, makes them and nothing else.
create function engine.release_checks(p_step engine.step_ref)
returns void language plpgsql set search_path = ''
as $$
begin
  update public.steps set status = 'ready', last_move = 'step.released', waiting_for = null, due_at = engine.now(), keeps_output = true,
    error = null
  where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path) and status = 'waiting';
end $$;
