-- Why an object does not satisfy the parts of a schema that speak of objects; called by engine.misfit.
create function engine.misfit_of_object(p_schema jsonb, p_value jsonb, p_path text, p_root jsonb, p_depth int)
returns text language plpgsql immutable set search_path = ''
as $$
declare
  place constant text := case p_path when '' then 'the value' else p_path end;
  size int;
  missing text;
begin
  select name into missing
  from jsonb_array_elements_text(case jsonb_typeof(p_schema -> 'required') when 'array' then p_schema -> 'required' else '[]' end) as name
  where not p_value ? name limit 1;
  if missing is not null then
    return format('%s: "%s" is missing', place, missing);
  end if;
  if p_schema ?| array['minProperties', 'maxProperties'] then
    select count(*) into size from jsonb_object_keys(p_value);
    if size < (p_schema ->> 'minProperties')::numeric or size > (p_schema ->> 'maxProperties')::numeric then
      return format('%s: has %s fields, which is not the allowed number', place, size);
    end if;
  end if;
  return (
    select said from (
      select field.key, engine.misfit(
        case when p_schema -> 'properties' ? field.key then p_schema -> 'properties' -> field.key
          when p_schema ? 'patternProperties' then '{}' else coalesce(p_schema -> 'additionalProperties', '{}') end,
        field.value, case p_path when '' then field.key else p_path || '.' || field.key end, p_root, p_depth + 1) as said
      from jsonb_each(p_value) as field (key, value)
    ) as checked where said is not null order by said = '?', key limit 1);
end $$;
