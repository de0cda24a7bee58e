-- The run that was started with this idempotency key before, if any; with another input it is refused. Two callers with the same key take turns, so
-- that the second finds the first one's run. Called by engine.start_run_as.
create function engine.earlier_start(p_workflow uuid, p_key text, p_input jsonb)
returns uuid language plpgsql set search_path = ''
as $$
declare
  earlier uuid;
begin
  perform pg_advisory_xact_lock(hashtextextended(p_workflow::text || p_key, 0));
  select id into earlier from public.runs where workflow_id = p_workflow and idempotency_key = p_key;
  if earlier is not null and (select input from public.run_payloads where run_id = earlier) is distinct from p_input then
    perform engine.raise(
      'RB409', format('The idempotency key "%s" was used before with another input.', p_key), 'Use a new key for a new run.');
  end if;
  return earlier;
end $$;
