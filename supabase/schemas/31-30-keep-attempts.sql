-- Ends the attempts of counted reports, notes those of steps done ahead, and keeps what they made: outputs, items of maps, inputs, calls, logs, artifacts. In the same
-- transaction as the moves, so that whoever reads them on an event is never early.
create function engine.keep_attempts(p_reports engine.step_report[], p_facts engine.report_facts, p_worker text)
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
begin
  update public.attempts as attempt
  set outcome = report.outcome, finished_at = greatest(at, attempt.started_at), error = report.error, active_ms = coalesce(report.active_ms, 0)
  from unnest(p_reports) as report
  where (attempt.run_id, attempt.step_key, attempt.item_path, attempt.n)
    = (report.run_id, report.step_key, report.item_path, report.attempt);

  if p_facts.ahead then
    insert into public.attempts (run_id, step_key, item_path, n, workspace_id, worker, started_at, finished_at, outcome, active_ms)
    select run_id, step_key, item_path, attempt, workspace_id, p_worker, at, at, outcome, coalesce(active_ms, 0)
    from unnest(p_reports) where nth > 0;
  end if;

  if p_facts.records then
    insert into public.attempt_payloads (run_id, step_key, item_path, n, workspace_id, inputs, calls, logs, error_detail)
    select run_id, step_key, item_path, attempt, workspace_id, inputs, coalesce(calls, '[]'), coalesce(logs, '[]'), error_detail
    from unnest(p_reports)
    where coalesce(inputs, '{}') <> '{}' or calls <> '[]' or logs <> '[]' or error_detail is not null;
  end if;

  if not p_facts.plain then
    insert into engine.items (run_id, collector, item_path, value)
    select run_id, plan.collector, item_path || (item.place::int - 1), item.value
    from unnest(p_reports) as report
    join engine.plan_steps as plan on plan.id = report.plan_step
    cross join jsonb_array_elements(report.output -> 'items') with ordinality as item (value, place)
    where report.role = 'split' and report.outcome = 'succeeded'
    on conflict (run_id, collector, item_path) do update set value = excluded.value;
  end if;

  insert into public.step_payloads (run_id, step_key, item_path, workspace_id, checks, output)
  select run_id, step_key, item_path, workspace_id, checks,
    case when role = 'split' then jsonb_build_object('count', jsonb_array_length(output -> 'items')) else output end
  from unnest(p_reports) where output is not null
  on conflict (run_id, step_key, item_path) do update set output = excluded.output, checks = excluded.checks;

  if p_facts.artifacts then
    insert into public.artifacts (run_id, step_key, item_path, attempt, workspace_id, kind, title, mime, bytes, sha256, body, path, url)
    select run_id, step_key, item_path, report.attempt, workspace_id, made.kind, made.title, made.mime, made.bytes, made.sha256,
      made.body, made.path, made.url
    from unnest(p_reports) as report
    cross join jsonb_to_recordset(report.artifacts)
      as made (kind text, title text, mime text, bytes bigint, sha256 text, body text, path text, url text)
    where report.artifacts <> '[]';
  end if;
end $$;
