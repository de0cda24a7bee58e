-- Does a retry that was checked: in place, or as a new run. `p_keep` are steps people treat as done. Returns the run that goes on. Called by
-- engine.retry_locked_run and for the runs of a bulk retry.
create function engine.carry_out_retry(
  p_run public.runs, p_actor uuid, p_mode text, p_step text, p_input jsonb, p_version int, p_keep text[])
returns uuid language plpgsql set search_path = ''
as $$
begin
  if engine.resumes_in_place(p_run, p_mode, p_version) then
    perform engine.resume_run(p_run.id);
    return p_run.id;
  end if;
  return engine.retry_as_new(p_run, p_actor, p_mode, p_step, p_input, p_version, p_keep);
end $$;
