-- Ends a waiting step with an output: its timer is over, people decided, its child run ended. The caller advances and settles the run.
create function engine.complete_step(p_step engine.step_ref, p_port text, p_output jsonb)
returns void language plpgsql set search_path = ''
as $$
begin
  update public.steps set status = 'succeeded', last_move = 'step.succeeded', waiting_for = null, due_at = null, port = p_port,
    items_total = case when role = 'turn' then 1 else items_total end, error = null, finished_at = engine.now()
  where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path);
  insert into public.step_payloads (run_id, step_key, item_path, workspace_id, output)
  select run_id, step_key, item_path, workspace_id, p_output from public.steps
  where (run_id, step_key, item_path) = (p_step.run_id, p_step.step_key, p_step.item_path)
  on conflict (run_id, step_key, item_path) do update set output = excluded.output;
end $$;
