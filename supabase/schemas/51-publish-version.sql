-- Stores a compiled draft as the next version; the publish function calls it, as the only way a version comes to be. A published
-- version goes live at once, a test version never does; storing the same plan for a test twice gives the same version.
create function engine.publish_version(
  p_user uuid, p_workflow uuid, p_graph jsonb, p_plan jsonb, p_plan_hash text, p_name text, p_channel text
)
returns jsonb language plpgsql security definer set search_path = ''
as $$
declare
  target public.workflows;
  next_n int;
begin
  select * into target from public.workflows where id = p_workflow;
  perform engine.require_role(target.workspace_id, 'editor', 'workflow', p_user);
  if p_channel is null or p_channel not in ('published', 'test') then
    perform engine.raise('RB422', format('"%s" is not a channel.', coalesce(p_channel, '')), 'Channels: published, test.');
  end if;
  if p_plan ->> 'planHash' is distinct from p_plan_hash or p_plan_hash !~ '^[0-9a-f]{64}$' then
    perform engine.raise('RB422', 'The plan does not carry the hash it was sent with.', 'Publish the draft again.');
  end if;
  select * into target from public.workflows where id = p_workflow for update;
  if target.status = 'archived' then
    perform engine.raise('RB409', format('"%s" is archived, so nothing can be published.', target.title), 'Restore the workflow first.');
  end if;
  if p_channel = 'test' then
    select max(n) into next_n from public.versions where workflow_id = p_workflow and channel = 'test' and plan_hash = p_plan_hash;
    if next_n is not null then
      return jsonb_build_object('n', next_n, 'planHash', p_plan_hash);
    end if;
  end if;
  select coalesce(max(n), 0) + 1 into next_n from public.versions where workflow_id = p_workflow;
  insert into public.versions (workflow_id, n, workspace_id, name, channel, graph, plan, plan_hash, created_by)
  values (p_workflow, next_n, target.workspace_id, coalesce(left(p_name, 120), ''), p_channel, p_graph, p_plan, p_plan_hash, p_user);
  if p_channel = 'published' then
    update public.workflows set live_version = next_n, updated_at = clock_timestamp() where id = p_workflow;
  end if;
  perform engine.write_audit(target.workspace_id, p_user, 'version.' || p_channel, target.slug,
    jsonb_build_object('version', next_n, 'planHash', p_plan_hash));
  return jsonb_build_object('n', next_n, 'planHash', p_plan_hash);
end $$;
