-- Makes the new run of a retry and returns its id. Resumes keep the idempotency keys of the run they go on from, unless that was rolled back;
-- "again" means new keys. `p_keep` are steps people treat as done.
create function engine.retry_as_new(
  p_old public.runs, p_actor uuid, p_mode text, p_step text, p_input jsonb, p_version int, p_keep text[])
returns uuid language plpgsql set search_path = ''
as $$
declare
  chosen public.versions;
  reused text[];
  run_input jsonb;
begin
  select * into chosen from public.versions where workflow_id = p_old.workflow_id and n = p_version;
  select input into run_input from public.run_payloads where run_id = p_old.id;
  if p_mode = 'restart' then
    run_input := coalesce(p_input, run_input);
  end if;
  reused := array(
    select step_key from engine.plan_retry(p_old.id, p_mode, p_step, p_version, p_keep) where verdict in ('reused', 'flagged'));
  if not run_input ? '$blob' then
    run_input := engine.fill_defaults(chosen.plan_input, run_input);
    perform engine.check_input(chosen.plan_input, run_input);
  end if;
  return engine.insert_run(p_old.workflow_id, p_version, run_input, jsonb_populate_record(null::engine.run_facts, jsonb_strip_nulls(jsonb_build_object(
    'title', p_old.title, 'mode', p_old.mode, 'lane', p_old.lane, 'priority', p_old.priority, 'created_by', p_actor,
    'retry_of', p_old.id, 'retry_mode', p_mode,
    'key_run', case when p_mode = 'resume' and not engine.was_rolled_back(p_old.id) then p_old.key_run end,
    'trigger', jsonb_build_object('kind', 'retry', 'by', p_actor)) || engine.limit_facts(chosen.plan_settings, run_input))
    || case when p_mode = 'from_step' and p_input is not null
      then jsonb_build_object('override', jsonb_build_object('step', p_step, 'inputs', p_input)) else '{}' end), reused);
end $$;
