-- What counted reports ask for, so that a call does only that.
create function engine.facts_of(p_reports engine.step_report[])
returns engine.report_facts language plpgsql stable set search_path = ''
as $$
declare
  facts engine.report_facts;
begin
  select bool_and(report.outcome in ('succeeded', 'skipped') and report.error is null and report.output_is_fallback is not true
      and step.role is distinct from 'split' and run.error is null and run.cancel_requested_at is null
      and not exists (
        select from engine.plan_deps as edge where edge.upstream = step.plan_step and edge.upstream_depth < edge.dependent_depth)),
    bool_or(report.proofs <> '[]'), bool_or(report.calls <> '[]'), bool_or(report.artifacts <> '[]'),
    bool_or(coalesce(report.inputs, '{}') <> '{}' or report.calls <> '[]' or report.logs <> '[]' or report.error_detail is not null), bool_or(report.item_path <> '{}')
  into facts
  from unnest(p_reports) as report join public.steps as step using (run_id, step_key, item_path)
  join public.runs as run on run.id = run_id;
  return facts;
end $$;
