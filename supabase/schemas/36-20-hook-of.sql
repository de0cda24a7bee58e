-- The webhook behind an address, with what is needed to check and take a delivery; null when there is none that takes any. One plan for
-- all: planning it for every delivery took three times as long as reading it.
create function engine.hook_of(p_path text)
returns jsonb language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    select jsonb_build_object(
      'trigger', hook.id, 'workspaceId', hook.workspace_id, 'config', hook.config, 'compiled', hook.compiled,
      'now', round(extract(epoch from engine.now()) * 1000),
      'secret', engine.get_connection(hook.workspace_id, hook.config ->> 'connection') -> 'secret')
    from public.hook_paths as address
    join public.triggers as hook on hook.id = address.trigger_id
    join public.workflows as workflow on workflow.id = hook.workflow_id
    where address.path = p_path and hook.live and hook.enabled and workflow.status <> 'archived'
  );
end $$;
