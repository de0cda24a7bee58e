-- Ends those steps of a new run whose results it takes over from an earlier one, and gives its other steps what follows from them. Called by
-- engine.insert_run.
create function engine.take_over_steps(p_run uuid, p_from uuid, p_keys text[])
returns void language plpgsql set search_path = ''
as $$
begin
  update public.steps as step set status = 'succeeded', last_move = 'step.reused', remaining_deps = 0, due_at = null, reused_from = old.run_id,
    port = old.port, output_is_fallback = old.output_is_fallback, verification = old.verification, items_total = old.items_total,
    items_started = old.items_started, items_done = old.items_done, items_failed = old.items_failed, started_at = old.started_at,
    finished_at = old.finished_at
  from public.steps as old
  where step.run_id = p_run and step.step_key = any (p_keys) and step.item_path = '{}'
    and (old.run_id, old.step_key, old.item_path) = (p_from, step.step_key, '{}'::int[]);
  insert into public.step_payloads (run_id, step_key, workspace_id, output)
  select p_run, step_key, workspace_id, output from public.step_payloads
  where run_id = p_from and step_key = any (p_keys) and item_path = '{}';
  perform engine.advance(array(select (p_run, key, '{}'::int[])::engine.step_ref from unnest(p_keys) as key), null, 0, null);
end $$;
