-- Whether a signal has the values a wait asks for, each at its path; what the signal does not have counts as null.
create function engine.matches_signal(p_match jsonb, p_payload jsonb)
returns boolean language plpgsql immutable set search_path = ''
as $$
begin
  return not exists (
    select from jsonb_array_elements(p_match) as asked
    where coalesce(p_payload #> array(select jsonb_array_elements_text(asked -> 'path')), 'null') <> coalesce(asked -> 'value', 'null'));
end $$;
