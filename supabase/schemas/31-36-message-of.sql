-- The message of an error raised by engine.raise in either of its forms.
create function engine.message_of(p_text text)
returns text language plpgsql immutable set search_path = ''
as $$
begin
  return coalesce(p_text::jsonb ->> 'message', p_text);
exception when invalid_text_representation then
  return p_text;
end $$;
