-- Milliseconds to wait before the next attempt after `p_tries` counted ones: capped exponential backoff with full jitter; a rate limit
-- never draws less than half; Retry-After is a minimum, clamped to 15 minutes. The policy's immediate retries ask somebody else, so they
-- wait for nothing, also not for a Retry-After.
create function engine.retry_delay(p_policy jsonb, p_tries int, p_class text, p_retry_after bigint)
returns double precision language plpgsql volatile set search_path = ''
as $$
declare
  cap constant double precision := (p_policy ->> 'maxDelayMs')::double precision;
  -- 60 keeps the power finite for every allowed factor (at most 10).
  highest constant double precision := least(
    cap, (p_policy ->> 'baseDelayMs')::double precision * power((p_policy ->> 'factor')::double precision, least(greatest(p_tries - 1, 0), 60)));
  drawn double precision := highest;
begin
  if p_tries <= coalesce((p_policy ->> 'immediate')::int, 0) then
    return 0;
  end if;
  if p_policy ->> 'jitter' = 'full' then
    drawn := random() * highest;
  end if;
  if p_class = 'rate_limited' then
    drawn := greatest(drawn, highest / 2);
  end if;
  return greatest(drawn, least(coalesce(p_retry_after, 0), 900000));
end $$;
