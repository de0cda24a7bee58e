-- What repeating a step would do outside: safe, deduplicated (the same key again), repeats, or decision (a person must say).
create function engine.effect_verdict(p_effect text, p_prior text, p_mode text)
returns text language plpgsql immutable set search_path = ''
as $$
begin
  return case
    when p_prior = 'none' or p_effect in ('pure', 'read') then 'safe'
    when p_effect = 'at_most_once' then 'decision'
    when p_prior = 'unknown' and p_mode = 'resume' then 'deduplicated'
    else 'repeats'
  end;
end $$;
