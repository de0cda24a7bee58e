-- The text of a key by the parts the compiler made of it: literals, and paths into the run's input. A field that is absent counts as empty; a
-- long key is cut and told apart by its hash.
create function engine.key_of(p_parts jsonb, p_input jsonb)
returns text language plpgsql immutable set search_path = ''
as $$
declare
  key text;
begin
  select string_agg(case
      when part ? 'literal' then part ->> 'literal'
      else coalesce(p_input #>> array(select jsonb_array_elements_text(part -> 'path')), '')
    end, '' order by position)
  into key from jsonb_array_elements(p_parts) with ordinality as listed (part, position);
  return case when length(key) > 200 then left(key, 160) || '…' || md5(key) else coalesce(key, '') end;
end $$;
