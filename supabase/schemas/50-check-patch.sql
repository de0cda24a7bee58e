-- Refuses a patch with keys it does not know or values of another JSON type; `null` is allowed for types that end in `?`.
create function engine.check_patch(p_patch jsonb, p_types jsonb)
returns void language plpgsql set search_path = ''
as $$
declare
  known constant text := (select string_agg(key, ', ' order by key) from jsonb_object_keys(p_types) as key);
  wrong text;
begin
  if jsonb_typeof(p_patch) is distinct from 'object' then
    perform engine.raise('RB422', 'The change must be an object.', format('Known keys: %s.', known));
  end if;
  select key into wrong
  from jsonb_each(p_patch) as given (key, value)
  where p_types ->> key is null
    or not (
      jsonb_typeof(value) = rtrim(p_types ->> key, '?')
      or (jsonb_typeof(value) = 'null' and right(p_types ->> key, 1) = '?')
    )
  order by key limit 1;
  if wrong is not null then
    perform engine.raise('RB422', format('"%s" cannot be changed this way.', wrong), format('Known keys: %s.', known),
      case when p_types ? wrong then format('Expected: %s.', p_types ->> wrong) end);
  end if;
end $$;
