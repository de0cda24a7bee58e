-- The code of an error raised by engine.raise in either of its forms; null for any other error.
create function engine.code_of(p_state text, p_text text)
returns text language plpgsql immutable set search_path = ''
as $$
begin
  if p_state like 'RB%' then
    return p_state;
  end if;
  return case p_state when 'PGRST' then p_text::jsonb ->> 'code' end;
exception when invalid_text_representation then
  return null;
end $$;
