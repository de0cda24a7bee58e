-- Changes a workflow's title, description, status or tags; `archived` is how a workflow is deleted. Keys left out stay.
create function public.update_workflow(workflow uuid, patch jsonb)
returns public.workflows language plpgsql security definer set search_path = ''
as $$
declare
  actor uuid;
  before public.workflows;
  after public.workflows;
begin
  select * into before from public.workflows where id = workflow;
  actor := engine.require_role(before.workspace_id, 'editor', 'workflow');
  perform engine.check_patch(patch, '{"title": "string", "description": "string", "status": "string", "tags": "array"}');
  begin
    update public.workflows
    set
      title = coalesce(btrim(patch ->> 'title'), title),
      description = coalesce(patch ->> 'description', description),
      status = coalesce(patch ->> 'status', status),
      tags = case when patch ? 'tags' then array(select jsonb_array_elements_text(patch -> 'tags')) else tags end,
      updated_at = clock_timestamp()
    where id = workflow
    returning * into after;
  exception when check_violation then
    perform engine.raise('RB422', 'The workflow cannot take these values.',
      'Title: 1 to 120 characters; description: up to 2,000; status: active, paused or archived; tags: up to 20.');
  end;
  if after.status <> before.status then
    perform engine.write_audit(after.workspace_id, actor, 'workflow.' || after.status, after.slug,
      jsonb_build_object('from', before.status));
  end if;
  return after;
end $$;
