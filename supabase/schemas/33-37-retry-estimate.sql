-- How long the steps a retry runs again worked the last time, and what their model calls cost; `unknown` counts steps that never ran.
create function engine.retry_estimate(p_run uuid, p_steps text[])
returns jsonb language plpgsql stable set search_path = ''
as $$
begin
  return (
    select jsonb_build_object(
      'steps', count(*), 'unknown', count(*) filter (where timed.ms is null),
      'activeMs', coalesce(sum(timed.ms), 0), 'costUsd', coalesce(sum(timed.cost), 0))
    from unnest(p_steps) as wanted (step_key)
    left join lateral (
      select sum(attempt.active_ms) as ms, sum((
        select sum((call -> 'llm' ->> 'costUsd')::numeric) from public.attempt_payloads as made, jsonb_array_elements(made.calls) as call
        where (made.run_id, made.step_key, made.item_path, made.n) = (attempt.run_id, attempt.step_key, attempt.item_path, attempt.n)
      )) as cost
      from public.attempts as attempt join public.steps as step using (run_id, step_key, item_path)
      where attempt.run_id = p_run and attempt.step_key = wanted.step_key and attempt.n = step.attempt and attempt.outcome <> 'lost'
    ) as timed on true);
end $$;
