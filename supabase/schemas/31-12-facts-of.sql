-- What counted reports ask for, so that a call does only that. `p_ending` when one of their runs is to end.
create function engine.facts_of(p_reports engine.step_report[], p_ending boolean)
returns engine.report_facts language plpgsql stable set search_path = ''
as $$
declare
  facts engine.report_facts;
begin
  select bool_and(outcome in ('succeeded', 'skipped') and error is null and output_is_fallback is not true 
      and coalesce(role not in ('split', 'turn'), true))
      and not p_ending
      and not exists (select from engine.plan_steps where id in (select plan_step from unnest(p_reports)) and leads_deeper),
    bool_or(proofs <> '[]'), bool_or(calls <> '[]'), bool_or(artifacts <> '[]'),
    bool_or(coalesce(inputs, '{}') <> '{}' or calls <> '[]' or logs <> '[]' or error_detail is not null), bool_or(item_path <> '{}'), bool_or(ahead is not null)
  into facts
  from unnest(p_reports);
  -- Beside a failure, what was done ahead is left for later: the long way takes one step at a time.
  facts.ahead := facts.plain and facts.ahead;
  facts.records := facts.records or facts.ahead;
  return facts;
end $$;
