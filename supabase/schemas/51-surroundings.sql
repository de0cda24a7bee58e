-- What the compiler may refer to in a workspace, in the shape of core's Surroundings; the publish function calls it.
create function engine.surroundings(p_user uuid, p_workspace uuid)
returns jsonb language plpgsql stable security definer set search_path = ''
as $$
begin
  perform engine.require_role(p_workspace, 'viewer', 'workspace', p_user);
  return jsonb_build_object(
    'tools', (
      select coalesce(jsonb_agg(engine.tool_json(tools) order by connection, name), '[]')
      from public.tools where workspace_id = p_workspace
    ),
    'workflows', (
      select coalesce(
        jsonb_agg(
          jsonb_build_object(
            'slug', workflows.slug, 'title', workflows.title, 'version', versions.n,
            'input', versions.plan -> 'input', 'output', versions.plan -> 'outputSchema'
          ) order by workflows.slug
        ),
        '[]'
      )
      from public.workflows
      join public.versions on versions.workflow_id = workflows.id and versions.n = workflows.live_version
      where workflows.workspace_id = p_workspace and workflows.status <> 'archived'
    ),
    'connections', (
      select coalesce(jsonb_agg(jsonb_build_object('slug', slug, 'kind', kind, 'hosts', to_jsonb(hosts)) order by slug), '[]')
      from public.connections where workspace_id = p_workspace
    )
  );
end $$;
