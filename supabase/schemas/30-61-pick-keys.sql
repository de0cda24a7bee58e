-- The named keys of an object that it has; `*` means all of it. A value that is no object (a reference to a file) is returned whole.
-- Put together as json, as in read_steps: jsonb's aggregates take time with the square of a list inside a value (1.4 s for 3,000 texts).
create function engine.pick_keys(p_object jsonb, p_keys text[])
returns json language plpgsql immutable set search_path = ''
as $$
begin
  if '*' = any (p_keys) or jsonb_typeof(p_object) <> 'object' or p_object ? '$blob' then
    return p_object::json;
  end if;
  return coalesce((select json_object_agg(key, p_object -> key) from unnest(p_keys) as key where p_object ? key), '{}');
end $$;
