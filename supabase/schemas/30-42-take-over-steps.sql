-- Gives a new run the outputs of the steps it took over from an earlier one, and its other steps what follows from them. Called by engine.insert_run.
create function engine.take_over_steps(p_run uuid, p_from uuid, p_keys text[])
returns void language plpgsql set search_path = ''
as $$
begin
  insert into public.step_payloads (run_id, step_key, workspace_id, output)
  select p_run, step_key, workspace_id, output from public.step_payloads
  where run_id = p_from and step_key = any (p_keys) and item_path = '{}';
  perform engine.advance(array(select (p_run, key, '{}'::int[])::engine.step_ref from unnest(p_keys) as key), null, 0, null);
end $$;
