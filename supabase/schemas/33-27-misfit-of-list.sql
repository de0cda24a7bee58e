-- Why a list does not satisfy the parts of a schema that speak of lists; called by engine.misfit.
create function engine.misfit_of_list(p_schema jsonb, p_value jsonb, p_path text, p_root jsonb, p_depth int)
returns text language plpgsql immutable set search_path = ''
as $$
declare
  place constant text := case p_path when '' then 'the value' else p_path end;
  size constant int := jsonb_array_length(p_value);
  first constant int := case when jsonb_typeof(p_schema -> 'prefixItems') = 'array' then jsonb_array_length(p_schema -> 'prefixItems') else 0 end;
begin
  if size < (p_schema ->> 'minItems')::numeric then
    return format('%s: has %s items, fewer than %s', place, size, p_schema ->> 'minItems');
  elsif size > (p_schema ->> 'maxItems')::numeric then
    return format('%s: has %s items, more than %s', place, size, p_schema ->> 'maxItems');
  elsif p_schema -> 'uniqueItems' = 'true' and size > (select count(distinct item) from jsonb_array_elements(p_value) as item) then
    return format('%s: holds the same item twice', place);
  elsif first = 0 and not p_schema ? 'items' then
    return null;
  end if;
  return (
    select said from (
      select place.n, engine.misfit(
        case when place.n <= first then p_schema -> 'prefixItems' -> (place.n - 1)::int else coalesce(p_schema -> 'items', '{}') end,
        item, format('%s[%s]', p_path, place.n - 1), p_root, p_depth + 1) as said
      from jsonb_array_elements(p_value) with ordinality as place (item, n)
    ) as checked where said is not null order by said = '?', n limit 1);
end $$;
