-- Switches a trigger on or off; `new_path` gives a webhook another address and the old one stops working. A schedule that is switched on
-- again makes nothing good. Editors.
create function public.set_trigger(trigger uuid, patch jsonb)
returns public.triggers language plpgsql security definer set search_path = ''
as $$
declare
  before public.triggers;
  after public.triggers;
  actor uuid;
begin
  select * into before from public.triggers where id = set_trigger.trigger;
  actor := engine.require_role(before.workspace_id, 'editor', 'trigger');
  perform engine.check_patch(patch, '{"enabled": "boolean", "new_path": "boolean"}');
  if (patch ->> 'new_path')::boolean and before.kind <> 'trigger-webhook' then
    perform engine.raise('RB422', 'Only webhooks have an address.', 'Leave new_path out.');
  end if;
  update public.triggers as changed
  set enabled = coalesce((patch ->> 'enabled')::boolean, changed.enabled),
    cursor_at = case when (patch ->> 'enabled')::boolean and not changed.enabled then engine.now() else changed.cursor_at end,
    next_at = case when (patch ->> 'enabled')::boolean and not changed.enabled and changed.live and changed.kind = 'trigger-schedule'
      then engine.now() else changed.next_at end
  where changed.id = before.id returning * into after;
  if (patch ->> 'new_path')::boolean then
    update public.hook_paths set path = engine.new_hook_path() where trigger_id = before.id;
  end if;
  perform engine.write_audit(after.workspace_id, actor, 'trigger.changed', after.key,
    jsonb_build_object('workflow', after.workflow_id, 'enabled', after.enabled, 'newPath', coalesce((patch ->> 'new_path')::boolean, false)));
  return after;
end $$;
