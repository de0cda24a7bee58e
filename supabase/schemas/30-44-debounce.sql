-- A start that comes within the debounce time of an earlier run with the same key that has not started: gives that run the new input, puts it
-- off, and returns its id; null when there is none. Called by engine.start_run_as; starts with the same key take turns.
create function engine.debounce(p_workflow uuid, p_key text, p_ms bigint, p_input jsonb)
returns uuid language plpgsql set search_path = ''
as $$
declare
  until_at constant timestamptz := engine.now() + make_interval(secs => p_ms / 1000.0);
  held constant jsonb := jsonb_build_object('kind', 'limit', 'ref', 'debounce', 'until', engine.iso_time(until_at));
  earlier uuid;
begin
  perform pg_advisory_xact_lock(hashtextextended('debounce:' || p_workflow || ':' || p_key, 1));
  -- One that somebody holds is being started this moment.
  select id into earlier from public.runs
  where workflow_id = p_workflow and debounce_key = p_key and started_at is null and finished_at is null and admitted_at is null
    and cancel_requested_at is null and waiting_for ->> 'ref' = 'debounce'
  order by created_at desc limit 1 for no key update skip locked;
  if earlier is null then
    return null;
  end if;
  update public.run_payloads set input = p_input where run_id = earlier;
  update public.runs set deadline_at = deadline_at + (until_at - (waiting_for ->> 'until')::timestamptz) where id = earlier;
  update public.steps set waiting_for = held, due_at = until_at
  where run_id = earlier and status = 'waiting' and waiting_for ->> 'ref' = 'debounce';
  perform engine.settle_runs(array[earlier]);
  return earlier;
end $$;
