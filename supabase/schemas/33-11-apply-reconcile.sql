-- Carries out what a person decided about a step of unknown outcome: it runs again, counts as done with the given output, or fails.
create function engine.apply_reconcile(p_step engine.step_ref, p_verdict text, p_output jsonb)
returns void language plpgsql set search_path = ''
as $$
begin
  if p_verdict = 'do_it_again' then
    update public.steps set status = 'ready', last_move = 'step.released', waiting_for = null, due_at = engine.now(), error = null,
      start_marker_at = null, tries = 0
    where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path);
    perform engine.settle_runs(array[p_step.run_id]);
    perform engine.wake_workers();
  elsif p_verdict = 'treat_as_done' then
    perform engine.complete_step(p_step, null, coalesce(p_output, '{}'));
    perform engine.finish_waits(array[p_step]);
  else
    perform engine.fail_waiting(p_step, jsonb_build_object('class', 'permanent', 'code', 'reconciled_as_failed',
      'message', 'A person decided that this step did not happen.'));
    perform engine.finish_waits(array[p_step]);
  end if;
end $$;
