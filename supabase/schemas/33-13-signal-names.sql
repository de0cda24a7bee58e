-- The names of the signals a version's steps wait for.
create function engine.signal_names(p_workflow uuid, p_version int)
returns text[] language plpgsql stable set search_path = ''
as $$
begin
  return array(
    select distinct definition -> 'config' ->> 'name' from engine.plan_steps
    where (workflow_id, version) = (p_workflow, p_version) and kind = 'signal-wait' order by 1);
end $$;
