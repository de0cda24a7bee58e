-- Refuses a signal without a name, or with a payload over 64 KB.
create function engine.check_signal(p_name text, p_payload jsonb)
returns void language plpgsql set search_path = ''
as $$
begin
  if coalesce(p_name, '') !~ '^[a-z][a-z0-9_.-]{0,62}$' then
    perform engine.raise('RB422', format('"%s" is not the name of a signal.', coalesce(p_name, '')),
      'Names start with a letter and hold lower-case letters, digits, dots, dashes and underscores.');
  end if;
  if octet_length(p_payload::text) > 65536 then
    perform engine.raise('RB413', 'The signal''s payload is larger than 64 KB.', 'Send a reference to the data instead.');
  end if;
end $$;
