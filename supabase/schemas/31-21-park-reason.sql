-- What a parked step waits for, and until when; `ref` names the signal, or the question or run that engine.set_up_parks makes. Called by
-- engine.decide_reports.
create function engine.park_reason(p_park jsonb, p_at timestamptz)
returns jsonb language plpgsql volatile set search_path = ''
as $$
begin
  return jsonb_strip_nulls(jsonb_build_object(
    'kind', case p_park ->> 'for' when 'run' then 'signal' when 'check' then 'timer' when 'host' then 'limit' else p_park ->> 'for' end,
    'ref', case p_park ->> 'for' when 'run' then 'run:' || gen_random_uuid() when 'signal' then p_park ->> 'name'
      when 'budget' then p_park ->> 'budget' when 'approval' then gen_random_uuid()::text when 'form' then gen_random_uuid()::text
      when 'check' then 'check:' || (p_park ->> 'verifier') when 'host' then 'host:' || left(p_park ->> 'host', 255) end,
    'until', case
      -- The breaker lets it go before, as soon as the host answers; this is for the case that nobody asks the host.
      when p_park ->> 'for' = 'host' then engine.iso_time(p_at + (5 + 5 * random()) * interval '1 min')
      when p_park ? 'until' then engine.iso_time((p_park ->> 'until')::timestamptz)
      else engine.iso_time(p_at + make_interval(
        secs => coalesce(p_park ->> 'forMs', p_park ->> 'timeoutMs', p_park ->> 'afterMs')::double precision / 1000))
    end
  ));
end $$;
