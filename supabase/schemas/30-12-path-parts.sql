-- Splits a Path (core/binding.ts) into its root and fields: `steps.fetch.output.body[0]["a b"]?` has six parts.
create function engine.path_parts(p_path text)
returns text[] language plpgsql immutable set search_path = ''
as $$
begin
  return array(
    select coalesce(found.part[1], found.part[2], found.part[3])
    from regexp_matches(p_path, '([A-Za-z_][A-Za-z0-9_]*)|\[(\d+)\]|\["([^"]*)"\]', 'g') with ordinality as found (part, position)
    order by found.position
  );
end $$;
