-- Leaves out reports of a step that the same call already has a report of.
create function engine.each_once(p_reports engine.step_report[])
returns engine.step_report[] language plpgsql immutable set search_path = ''
as $$
begin
  if (select count(*) from (select from unnest(p_reports) group by run_id, step_key, item_path) as step) = cardinality(p_reports) then
    return p_reports;
  end if;
  return array(
    select distinct on (report.run_id, report.step_key, report.item_path) report from unnest(p_reports) as report);
end $$;
