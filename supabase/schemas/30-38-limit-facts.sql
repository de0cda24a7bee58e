-- The columns of a run that its workflow's concurrency and rate limit are kept by; called by engine.insert_run for workflows that have one.
create function engine.limit_facts(p_settings jsonb, p_input jsonb)
returns jsonb language plpgsql immutable set search_path = ''
as $$
declare
  concurrency constant jsonb := p_settings -> 'concurrency';
  rate constant jsonb := p_settings -> 'rateLimit';
begin
  return jsonb_strip_nulls(jsonb_build_object(
    'limit_key', case when concurrency is not null then engine.key_of(concurrency -> 'parts', p_input) end,
    'limit_max', concurrency -> 'limit',
    'rate_key', case when rate is not null then engine.key_of(coalesce(rate -> 'parts', '[]'), p_input) end,
    'rate_max', rate -> 'max',
    'rate_ms', case rate ->> 'per' when 'second' then 1000 when 'minute' then 60000 when 'hour' then 3600000 when 'day' then 86400000 end
  ));
end $$;
