-- Records what an MCP connection offers now, `p_tools` in the shape of core's Tool: a tool with another hash is `changed`, one that
-- is no longer offered `missing`. Returns all tools of the connection. The tools function calls it after asking the server.
create function engine.put_tools(p_user uuid, p_workspace uuid, p_connection text, p_tools jsonb)
returns jsonb language plpgsql security definer set search_path = ''
as $$
begin
  perform engine.require_role(p_workspace, 'editor', 'workspace', p_user);
  perform from public.connections where workspace_id = p_workspace and slug = p_connection and kind = 'mcp' for update;
  if not found then
    perform engine.raise('RB404', format('There is no MCP connection "%s" in this workspace.', p_connection), 'Add the server first.');
  end if;
  insert into public.tools (
    workspace_id, connection, name, title, description, input_schema, output_schema, annotations, effect, effect_from, schema_hash
  )
  select
    p_workspace, p_connection, given ->> 'name', coalesce(given ->> 'title', given ->> 'name'),
    coalesce(given ->> 'description', ''), given -> 'inputSchema', given -> 'outputSchema',
    coalesce(given -> 'annotations', '{}'), given ->> 'effect', given ->> 'effectFrom', given ->> 'schemaHash'
  from jsonb_array_elements(p_tools) as given
  on conflict (workspace_id, connection, name) do update
  set
    title = excluded.title, description = excluded.description, input_schema = excluded.input_schema,
    output_schema = excluded.output_schema, annotations = excluded.annotations, effect = excluded.effect,
    effect_from = excluded.effect_from, schema_hash = excluded.schema_hash, seen_at = clock_timestamp(),
    status = case when tools.schema_hash = excluded.schema_hash then 'active' else 'changed' end;
  update public.tools set status = 'missing'
  where workspace_id = p_workspace and connection = p_connection
    and name not in (select given ->> 'name' from jsonb_array_elements(p_tools) as given);
  perform engine.write_audit(p_workspace, p_user, 'connection.tools_refreshed', p_connection,
    jsonb_build_object('tools', jsonb_array_length(p_tools)));
  return (
    select coalesce(jsonb_agg(engine.tool_json(tools) order by name), '[]')
    from public.tools where workspace_id = p_workspace and connection = p_connection
  );
end $$;
