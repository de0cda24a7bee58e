-- The part of a stored value at a path, or null. A part of a value that is a file is a reference to that file, which says `at` which path the
-- part stands; whoever opens it looks there.
create function engine.pick_path(p_value jsonb, p_path text[])
returns jsonb language plpgsql immutable set search_path = ''
as $$
declare
  part jsonb := p_value;
begin
  if p_value #> p_path is not null then
    return p_value #> p_path;
  end if;
  for place in 1 .. cardinality(p_path) loop
    if jsonb_typeof(part -> '$blob') = 'object' then
      return jsonb_build_object('$blob', (part -> '$blob') || jsonb_build_object(
        'at', coalesce(part -> '$blob' -> 'at', '[]') || to_jsonb(p_path[place:])));
    end if;
    part := part #> p_path[place:place];
  end loop;
  return null;
end $$;
