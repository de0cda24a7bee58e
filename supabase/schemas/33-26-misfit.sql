-- Why a JSON value does not satisfy a JSON Schema, as `path: reason`; null when it does, and `?` when that cannot be told here, because a
-- part of the value is stored as a file. Knows type, enum, const, allOf, anyOf, oneOf, references into the schema, and the bounds and parts
-- of objects, lists, texts and numbers; other keywords (pattern, format, not, …) are ignored. The root is for references.
create function engine.misfit(p_schema jsonb, p_value jsonb, p_path text default '', p_root jsonb default null, p_depth int default 0)
returns text language plpgsql immutable set search_path = ''
as $$
declare
  root constant jsonb := coalesce(p_root, p_schema);
  place constant text := case p_path when '' then 'the value' else p_path end;
  wanted jsonb;
  kind text;
  said text;
  all_said text[] := '{}';
begin
  if p_schema = 'false' then
    return place || ': nothing is allowed here';
  elsif jsonb_typeof(p_schema) <> 'object' or p_schema = '{}' or p_depth > 100 then
    return null;
  elsif jsonb_typeof(p_value) = 'object' and p_value ? '$blob' then
    return case when p_schema - array['title', 'description', 'x-labels', '$schema', 'default', 'examples'] <> '{}' then '?' end;
  end if;
  if p_schema ? '$ref' then
    all_said := all_said || engine.misfit(
      coalesce(root #> string_to_array(nullif(ltrim(p_schema ->> '$ref', '#/'), ''), '/'), case p_schema ->> '$ref' when '#' then root else '{}' end),
      p_value, p_path, root, p_depth + 1);
  end if;
  wanted := case jsonb_typeof(p_schema -> 'type') when 'string' then jsonb_build_array(p_schema -> 'type') when 'array' then p_schema -> 'type' end;
  if wanted is not null and not wanted ? jsonb_typeof(p_value)
    and not (wanted ? 'integer' and jsonb_typeof(p_value) = 'number' and mod((p_value #>> '{}')::numeric, 1) = 0) then
    return format('%s: is of type %s, not %s', place, jsonb_typeof(p_value),
      array_to_string(array(select jsonb_array_elements_text(wanted)), ' or '));
  end if;
  if jsonb_typeof(p_schema -> 'enum') = 'array' and not exists (
    select from jsonb_array_elements(p_schema -> 'enum') as allowed (value) where allowed.value = p_value) then
    return format('%s: is none of the allowed values', place);
  elsif p_schema ? 'const' and p_schema -> 'const' <> p_value then
    return format('%s: is not the one allowed value', place);
  end if;
  if jsonb_typeof(p_schema -> 'allOf') = 'array' then
    all_said := all_said || array(
      select engine.misfit(part, p_value, p_path, root, p_depth + 1) from jsonb_array_elements(p_schema -> 'allOf') as part);
  end if;
  foreach kind in array array['anyOf', 'oneOf'] loop
    continue when jsonb_typeof(p_schema -> kind) is distinct from 'array';
    select case
      when fitting = 1 or (kind = 'anyOf' and fitting > 0) then null
      when fitting > 1 then format('%s: fits more than one of the alternatives', place)
      when unknown > 0 then '?'
      else format('%s: fits none of the alternatives', place)
    end into said
    from (
      select count(*) filter (where answer is null) as fitting, count(*) filter (where answer = '?') as unknown
      from (select engine.misfit(part, p_value, p_path, root, p_depth + 1) as answer from jsonb_array_elements(p_schema -> kind) as part) as tried
    ) as counted;
    all_said := all_said || said;
  end loop;
  all_said := all_said || case jsonb_typeof(p_value)
    when 'object' then engine.misfit_of_object(p_schema, p_value, p_path, root, p_depth)
    when 'array' then engine.misfit_of_list(p_schema, p_value, p_path, root, p_depth)
    else engine.misfit_of_scalar(p_schema, p_value, place)
  end;
  -- What certainly does not fit says more than what nobody looked at.
  select answer into said from unnest(all_said) as answer where answer is not null order by answer = '?' limit 1;
  return said;
end $$;
