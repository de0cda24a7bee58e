-- Adds the defaults of the plan's input schema for the fields that were left out, at the top level. Called by engine.start_run_as.
create function engine.fill_defaults(p_schema jsonb, p_input jsonb)
returns jsonb language plpgsql set search_path = ''
as $$
begin
  if jsonb_typeof(p_input) is distinct from 'object' then
    return p_input;
  end if;
  return (
    select coalesce(jsonb_object_agg(key, schema -> 'default') filter (where schema ? 'default'), '{}')
    from jsonb_each(coalesce(p_schema -> 'properties', '{}')) as property (key, schema)
    where jsonb_typeof(schema) = 'object'
  ) || p_input;
end $$;
