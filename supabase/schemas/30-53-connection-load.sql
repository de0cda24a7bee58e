-- How many live attempts use a connection, apart from the given step's own.
create function engine.connection_load(p_workspace uuid, p_slug text, p_except engine.step_ref)
returns int language plpgsql stable set search_path = ''
as $$
begin
  return (
    select count(*) from engine.connection_uses as use
    join public.steps as step on (step.run_id, step.step_key, step.item_path) = (use.run_id, use.step_key, use.item_path)
      and step.status = 'running' and step.attempt = use.attempt
    where use.workspace_id = p_workspace and use.slug = p_slug
      and (use.run_id, use.step_key, use.item_path) is distinct from (p_except.run_id, p_except.step_key, p_except.item_path));
end $$;
