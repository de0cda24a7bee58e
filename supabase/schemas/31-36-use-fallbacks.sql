-- Puts the fallback in the place of outputs whose checks could not be made by the last attempt either.
create function engine.use_fallbacks(p_reports engine.step_report[])
returns void language plpgsql set search_path = ''
as $$
begin
  update public.step_payloads as payload set output = report.checks -> 'fallback', checks = null
  from unnest(p_reports) as report join public.steps as step using (run_id, step_key, item_path)
  where report.checks ? 'fallback' and step.status = 'succeeded'
    and (payload.run_id, payload.step_key, payload.item_path) = (report.run_id, report.step_key, report.item_path);
end $$;
