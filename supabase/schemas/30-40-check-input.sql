-- Refuses a run input that is too large, lacks what the plan's input schema requires or has a value of another basic type at the top; the full
-- schema is checked by callers and by the worker.
create function engine.check_input(p_schema jsonb, p_input jsonb)
returns void language plpgsql set search_path = ''
as $$
declare
  missing text;
  wrong record;
begin
  if jsonb_typeof(p_input) is distinct from 'object' then
    perform engine.raise('RB422', 'The input must be a JSON object.', 'Send {} for a workflow without input.');
  end if;
  if pg_column_size(p_input) > 4 * 1024 * 1024 then
    perform engine.raise('RB413', 'The input is larger than 4 MB.', 'Put the data where a step can fetch it, and give its address.');
  end if;
  if coalesce(p_schema -> 'required', '[]') = '[]' and coalesce(p_schema -> 'properties', '{}') = '{}' then
    return;
  end if;
  select name into missing from jsonb_array_elements_text(coalesce(p_schema -> 'required', '[]')) as required (name)
  where not p_input ? name limit 1;
  if missing is not null then
    perform engine.raise('RB422', format('The input "%s" is missing.', missing), 'Fill it in and start the run again.');
  end if;
  select key, wanted, actual into wrong
  from jsonb_each(coalesce(p_schema -> 'properties', '{}')) as property (key, schema)
  cross join lateral (select
    case when jsonb_typeof(schema -> 'type') = 'string' then jsonb_build_array(schema -> 'type') else schema -> 'type' end as wanted,
    jsonb_typeof(p_input -> key) as actual) as types
  where p_input ? key and jsonb_typeof(wanted) = 'array' and not wanted ? actual
    -- A value that became a file is checked where it is read.
    and not (actual = 'object' and p_input -> key ? '$blob')
    and not (wanted ? 'integer' and actual = 'number' and mod((p_input ->> key)::numeric, 1) = 0)
  limit 1;
  if wrong.key is not null then
    perform engine.raise(
      'RB422', format('The input "%s" is of type %s.', wrong.key, wrong.actual),
      format('It must be: %s.', array_to_string(array(select jsonb_array_elements_text(wrong.wanted)), ' or ')));
  end if;
end $$;
