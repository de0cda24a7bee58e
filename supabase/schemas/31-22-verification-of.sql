-- What an attempt's proofs say about its step; without proofs, what was known before. A warning of checks made before stays.
create function engine.verification_of(p_proofs jsonb, p_before text)
returns text language plpgsql immutable set search_path = ''
as $$
begin
  if p_proofs is null or p_proofs = '[]' then
    return p_before;
  end if;
  return (
    select case
      when bool_or((proof ->> 'required')::boolean and proof ->> 'verdict' <> 'passed') then 'failed'
      when bool_or(proof ->> 'verdict' <> 'passed') or p_before = 'warned' then 'warned'
      else 'passed'
    end
    from jsonb_array_elements(p_proofs) as proof
  );
end $$;
