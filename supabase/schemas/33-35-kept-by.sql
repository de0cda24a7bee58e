-- The steps that a retry's decisions say to treat as done.
create function engine.kept_by(p_decisions jsonb)
returns text[] language plpgsql immutable set search_path = ''
as $$
begin
  return array(select key from jsonb_each_text(p_decisions) where value = 'treat_as_done');
end $$;
