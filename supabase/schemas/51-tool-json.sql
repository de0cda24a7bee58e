-- A tools row in the shape of core's Tool.
create function engine.tool_json(p_tool public.tools)
returns jsonb language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'connection', p_tool.connection, 'name', p_tool.name, 'title', p_tool.title, 'description', p_tool.description,
    'inputSchema', p_tool.input_schema, 'annotations', p_tool.annotations, 'effect', p_tool.effect,
    'effectFrom', p_tool.effect_from, 'schemaHash', p_tool.schema_hash, 'status', p_tool.status, 'seenAt', p_tool.seen_at
  ) || case
    when p_tool.output_schema is null then '{}'::jsonb
    else jsonb_build_object('outputSchema', p_tool.output_schema)
  end
$$;
