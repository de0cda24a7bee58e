-- Refuses a value that does not fit a JSON Schema, naming the field: types, required and unknown fields, choices, sizes and bounds; other
-- words of the schema are for the form that shows it. Called by submit_form.
create function engine.check_value(p_schema jsonb, p_value jsonb, p_path text)
returns void language plpgsql set search_path = ''
as $$
declare
  wanted constant jsonb := case jsonb_typeof(p_schema -> 'type') when 'array' then p_schema -> 'type'
    when 'string' then jsonb_build_array(p_schema -> 'type') end;
  actual constant text := jsonb_typeof(p_value);
  size constant numeric := case actual when 'string' then length(p_value #>> '{}') when 'array' then jsonb_array_length(p_value) end;
  what constant text := case when p_path = '' then 'The form' else format('"%s"', p_path) end;
  wrong text;
  part record;
begin
  if jsonb_typeof(p_schema) <> 'object' then
    return;
  end if;
  wrong := case
    when wanted is not null and not wanted ? actual and not (wanted ? 'integer' and actual = 'number' and mod((p_value #>> '{}')::numeric, 1) = 0)
      then format('must be %s, not %s', (select string_agg(one, ' or ') from jsonb_array_elements_text(wanted) as one), actual)
    when jsonb_typeof(p_schema -> 'enum') = 'array' and not exists (select from jsonb_array_elements(p_schema -> 'enum') as one where one = p_value)
      then 'must be one of: ' || (select string_agg(one, ', ') from jsonb_array_elements_text(p_schema -> 'enum') as one)
    when p_schema ? 'const' and p_value <> p_schema -> 'const' then 'must be ' || (p_schema ->> 'const')
    when actual = 'number' and (p_value #>> '{}')::numeric < (p_schema ->> 'minimum')::numeric then 'must be at least ' || (p_schema ->> 'minimum')
    when actual = 'number' and (p_value #>> '{}')::numeric > (p_schema ->> 'maximum')::numeric then 'must be at most ' || (p_schema ->> 'maximum')
    when size < (p_schema ->> case actual when 'string' then 'minLength' else 'minItems' end)::numeric then 'is too short'
    when size > (p_schema ->> case actual when 'string' then 'maxLength' else 'maxItems' end)::numeric then 'is too long'
    when actual = 'object' and p_schema -> 'additionalProperties' = 'false' then (
      select format('has no field "%s"', key) from jsonb_object_keys(p_value) as key
      where not coalesce(p_schema -> 'properties', '{}') ? key limit 1)
  end;
  if wrong is not null then
    perform engine.raise('RB422', format('%s %s.', what, wrong), 'Correct it and send the form again.', p_path);
  end if;
  if actual = 'object' then
    for part in select name from jsonb_array_elements_text(coalesce(p_schema -> 'required', '[]')) as asked (name) where not p_value ? name loop
      perform engine.raise('RB422', format('"%s" is missing.', ltrim(p_path || '.' || part.name, '.')), 'Fill it in and send the form again.',
        ltrim(p_path || '.' || part.name, '.'));
    end loop;
    for part in select key, schema from jsonb_each(coalesce(p_schema -> 'properties', '{}')) as property (key, schema) where p_value ? key loop
      perform engine.check_value(part.schema, p_value -> part.key, ltrim(p_path || '.' || part.key, '.'));
    end loop;
  elsif actual = 'array' and p_schema ? 'items' then
    for part in select value, place from jsonb_array_elements(p_value) with ordinality as item (value, place) loop
      perform engine.check_value(p_schema -> 'items', part.value, format('%s[%s]', p_path, part.place - 1));
    end loop;
  end if;
end $$;
