-- Fails a step that no worker reports on: its question expired or was answered with no, its child run failed, its deadline passed. The caller advances and settles the run.
create function engine.fail_waiting(p_step engine.step_ref, p_error jsonb)
returns void language plpgsql set search_path = ''
as $$
begin
  update public.steps set status = 'failed', last_move = 'step.failed', waiting_for = null, due_at = null, lease_until = null,
    finished_at = greatest(engine.now(), started_at), error = p_error || jsonb_build_object('step', step_key)
  where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path);
end $$;
