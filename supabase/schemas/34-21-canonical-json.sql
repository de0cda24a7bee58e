-- A value as canonical JSON (RFC 8785), the text every hash of ours is taken over: keys in the order of their UTF-16 code units, shortest
-- numbers, no white space. Keys beyond the first plane sort by code point here; nothing of ours has such keys.
create function engine.canonical_json(p_value jsonb)
returns text language plpgsql immutable set search_path = ''
as $$
begin
  case jsonb_typeof(p_value)
    when 'object' then
      return '{' || coalesce((select string_agg(to_json(key)::text || ':' || engine.canonical_json(value), ',' order by key collate "C")
        from jsonb_each(p_value)), '') || '}';
    when 'array' then
      return '[' || coalesce((select string_agg(engine.canonical_json(value), ',' order by place)
        from jsonb_array_elements(p_value) with ordinality as item (value, place)), '') || ']';
    when 'number' then
      return engine.canonical_number((p_value #>> '{}')::numeric);
    else
      return p_value::text;
  end case;
end $$;
