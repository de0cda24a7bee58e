-- The `results` of a ReportAnswer (core/worker.ts): for each report whether it counted.
create function engine.report_results(p_reports engine.step_report[], p_counted engine.step_report[])
returns json language plpgsql immutable set search_path = ''
as $$
begin
  if cardinality(p_reports) = cardinality(p_counted) then
    return coalesce((
      select json_agg(json_build_object('runId', run_id, 'stepKey', step_key, 'itemPath', item_path, 'attempt', attempt, 'counted', true))
      from unnest(p_counted)), '[]');
  end if;
  return (
    select json_agg(json_build_object('runId', run_id, 'stepKey', step_key, 'itemPath', item_path, 'attempt', attempt,
      'counted', kept.run_id is not null))
    from unnest(p_reports) as report
    left join (select run_id, step_key, item_path, attempt from unnest(p_counted)) as kept using (run_id, step_key, item_path, attempt));
end $$;
