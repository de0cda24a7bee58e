-- Whether a JSON value satisfies a JSON Schema; null when a part of it is stored as a file, so that nobody here can say.
create function engine.fits(p_schema jsonb, p_value jsonb)
returns boolean language plpgsql immutable set search_path = ''
as $$
declare
  said constant text := engine.misfit(p_schema, p_value);
begin
  return case when said is null then true when said = '?' then null else false end;
end $$;
