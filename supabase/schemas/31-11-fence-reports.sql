-- The fence: keeps the reports whose attempt is the step's current one and still running, each once, and adds what the step says of itself;
-- notes the others as rejections.
create function engine.fence_reports(p_worker text, p_reports engine.step_report[])
returns engine.step_report[] language plpgsql set search_path = ''
as $$
declare
  counted engine.step_report[];
begin
  counted := array(
    select (report.run_id, report.step_key, report.item_path, report.attempt, report.outcome, report.output, report.output_is_fallback,
      report.port, report.error, report.park, report.inputs, report.calls, report.proofs, report.artifacts, report.logs, report.active_ms,
      report.waiting_for, report.error_detail, report.checks, step.plan_step, step.workspace_id, step.role, step.verification,
      report.ahead, 0, true)::engine.step_report
    from unnest(p_reports) as report
    join public.steps as step on (step.run_id, step.step_key, step.item_path) = (report.run_id, report.step_key, report.item_path)
    where step.status = 'running' and step.attempt = report.attempt);
  if cardinality(counted) > 1 then
    counted := engine.each_once(counted);
  end if;
  if cardinality(counted) < cardinality(p_reports) then
    insert into engine.rejections (
      run_id, step_key, item_path, attempt, worker, outcome, current_attempt, current_status, at)
    select report.run_id, report.step_key, report.item_path, report.attempt, p_worker, report.outcome, step.attempt, step.status,
      engine.now()
    from unnest(p_reports) as report
    left join public.steps as step using (run_id, step_key, item_path)
    where step.status is distinct from 'running' or step.attempt is distinct from report.attempt;
  end if;
  return counted;
end $$;
