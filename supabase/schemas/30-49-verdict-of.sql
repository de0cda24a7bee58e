-- What becomes of a pending step once tokens were counted: go, skipped, or still pending. A collector is ended by the count of its items.
create function engine.verdict_of(p_role text, p_join_mode text, p_total int, p_remaining int, p_dead int)
returns text language plpgsql immutable set search_path = ''
as $$
declare
  verdict constant text := case
    when p_join_mode = 'all' then case when p_dead > 0 then 'skipped' when p_remaining = 0 then 'go' end
    when p_join_mode = 'any' then case when p_remaining = 0 then case when p_dead < p_total then 'go' else 'skipped' end end
    when p_total - p_remaining - p_dead > 0 then 'go'
    when p_remaining = 0 then 'skipped'
  end;
begin
  return case when verdict is null or (verdict = 'go' and p_role = 'collect') then 'pending' else verdict end;
end $$;
