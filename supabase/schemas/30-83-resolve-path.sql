-- The value at a path outside of bodies, or null: of the input, a variable, a step's output, status or error, or the run.
create function engine.resolve_path(p_run uuid, p_path text)
returns jsonb language plpgsql stable set search_path = ''
as $$
declare
  part constant text[] := engine.path_parts(p_path);
begin
  case part[1]
    when 'input' then
      return engine.pick_path((select input from public.run_payloads where run_id = p_run), part[2:]);
    when 'vars' then
      return (select version.plan -> 'variables' from public.runs as run
        join public.versions as version on (version.workflow_id, version.n) = (run.workflow_id, run.version)
        where run.id = p_run) #> part[2:];
    when 'steps' then
      if part[3] = 'output' then
        return engine.pick_path(
          (select output from public.step_payloads where (run_id, step_key, item_path) = (p_run, part[2], '{}'::int[])), part[4:]);
      end if;
      return (select jsonb_build_object('status', status, 'error', error) from public.steps
        where (run_id, step_key, item_path) = (p_run, part[2], '{}'::int[])) #> part[3:];
    when 'run' then
      return (select jsonb_build_object('id', id, 'mode', mode, 'lane', lane, 'startedAt', engine.iso_time(started_at))
        from public.runs where id = p_run) #> part[2:];
    when 'trigger' then
      return (select trigger from public.runs where id = p_run) #> part[2:];
    else
      return null;
  end case;
end $$;
