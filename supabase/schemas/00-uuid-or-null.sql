-- Reads a uuid out of text somebody else chose; null when it is none, never an error.
create function engine.uuid_or_null(p_text text)
returns uuid language sql immutable set search_path = ''
as $$
  select case
    when p_text ~ '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$' then p_text::uuid
  end
$$;
