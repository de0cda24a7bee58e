-- A header of the REST request that called this verb, by its lower-case name; null when there is none or the call came another way.
create function engine.request_header(p_name text)
returns text language plpgsql stable set search_path = ''
as $$
begin
  return nullif(current_setting('request.headers', true), '')::jsonb ->> p_name;
exception when invalid_text_representation then
  return null;
end $$;
