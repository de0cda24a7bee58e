-- Whether a retry goes on in the same run: a resume on the run's own version, unless the run was rolled back, because what was undone has to
-- be done again.
create function engine.resumes_in_place(p_run public.runs, p_mode text, p_version int)
returns boolean language plpgsql stable set search_path = ''
as $$
begin
  return p_mode = 'resume' and p_version = p_run.version and not engine.was_rolled_back(p_run.id);
end $$;
