-- Decides what follows from reports that passed the fence, the only place that does: the step's next status and move, when a retry is due,
-- whether a person must be asked. Writes the steps; returns them with their new status.
create function engine.decide_reports(p_reports engine.step_report[])
returns engine.moved[] language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  moved engine.moved[];
begin
  with judged as (
    select report.*, step.tries, step.attempt_limit, step.deadline_at, plan.retry, step.role,
      step.role = 'turn' and step.item_path[cardinality(step.item_path)] + 1 < (plan.map_config ->> 'maxTurns')::int as turns_left,
      run.error is not null or run.cancel_requested_at is not null as ending,
      -- Null where the report says neither: then it is a clear refusal, which is retried.
      coalesce(plan.effect = 'at_most_once' and step.start_marker_at is not null and report.checks is null
        and (report.error ->> 'class' in ('timeout', 'lost') or report.waiting_for ->> 'kind' = 'reconcile'), false) as unclear
    from unnest(p_reports) as report
    join public.steps as step using (run_id, step_key, item_path)
    join engine.plan_steps as plan on plan.id = step.plan_step
    join public.runs as run on run.id = run_id
  ), timed as (
    select *, case when outcome = 'failed' and not ending and not unclear and tries < attempt_limit and retry -> 'on' ? (error ->> 'class')
      then at + make_interval(secs => engine.retry_delay(retry, tries, error ->> 'class', (error ->> 'retryAfterMs')::bigint) / 1000)
    end as retry_at
    from judged
  ), decided as (
    select *, case
      when outcome in ('succeeded', 'skipped') then outcome
      when outcome = 'failed' and retry_at is not null
        and (deadline_at is null or retry_at <= deadline_at) then 'retry'
      when outcome = 'failed' and unclear and not ending then 'ask'
      when outcome = 'failed' and output_is_fallback then 'succeeded'
      when outcome = 'failed' then 'failed'
      when ending then 'cancelled'
      when outcome = 'parked' then 'waiting'
      else 'ready'
    end as verdict, case when outcome = 'parked' then engine.park_reason(park, at) end as reason
    from timed
  ), changed as (
    update public.steps as step set
      status = case verdict when 'retry' then 'waiting' when 'ask' then 'running' else verdict end,
      last_move = case verdict when 'retry' then 'step.waiting' when 'ask' then step.last_move when 'ready' then 'step.handed_over'
        else 'step.' || verdict end,
      waiting_for = case verdict
        when 'retry' then jsonb_build_object('kind', 'retry', 'until', engine.iso_time(retry_at))
        when 'waiting' then reason end,
      due_at = case verdict when 'retry' then retry_at when 'waiting' then (reason ->> 'until')::timestamptz
        when 'ready' then at end,
      lease_until = case when verdict = 'ask' then step.lease_until end,
      worker = case when verdict = 'ready' then null else step.worker end,
      tries = step.tries - (verdict = 'ready' or (verdict = 'waiting' and (reason ->> 'kind' in ('budget', 'limit') or decided.checks is not null)))::int,
      port = case when verdict = 'succeeded' then decided.port end,
      output_is_fallback = verdict = 'succeeded' and coalesce(decided.output_is_fallback, false),
      keeps_output = verdict not in ('succeeded', 'skipped') and decided.output is not null
        and (decided.checks is not null or (verdict = 'retry' and decided.output_is_fallback is not true)),
      error = case when verdict = 'succeeded' and not coalesce(decided.output_is_fallback, false) then null
        when verdict = 'failed' then coalesce(decided.error, '{"class": "transient", "code": "unexpected", "message": "The worker gave no reason."}')
        else decided.error end,
      -- Checks that are to be made again have not ruled yet.
      verification = engine.verification_of(case when decided.checks is null or verdict = 'failed' then decided.proofs
        else decided.checks -> 'done' end, step.verification),
      items_total = case when verdict = 'succeeded' and step.role = 'split' then jsonb_array_length(decided.output -> 'items')
        when verdict = 'succeeded' and step.role = 'turn' and not (decided.output -> 'done')::boolean and decided.turns_left then 1
        else step.items_total end,
      finished_at = case when verdict in ('succeeded', 'failed', 'skipped', 'cancelled') then greatest(at, step.started_at) end
    from decided
    where (step.run_id, step.step_key, step.item_path) = (decided.run_id, decided.step_key, decided.item_path)
    returning step.run_id, step.step_key, step.item_path, verdict
  )
  select array_agg((run_id, step_key, item_path, verdict)::engine.moved) into moved from changed;
  return coalesce(moved, '{}');
end $$;
