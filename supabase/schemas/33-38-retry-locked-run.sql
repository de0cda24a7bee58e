-- Retries a locked, ended run for somebody whose right to do so was checked; called by retry_run. Returns the run that goes on.
create function engine.retry_locked_run(
  p_run public.runs, p_actor uuid, p_mode text, p_step text, p_input jsonb, p_version int, p_decisions jsonb)
returns uuid language plpgsql set search_path = ''
as $$
begin
  perform engine.check_retry(p_run, p_mode, p_step, p_version);
  perform engine.check_retry_input(p_run, p_mode, p_step, p_version, p_input);
  perform engine.check_decisions(p_run, p_mode, p_step, p_version, p_decisions);
  return engine.carry_out_retry(p_run, p_actor, p_mode, p_step, p_input, p_version, engine.kept_by(p_decisions));
end $$;
