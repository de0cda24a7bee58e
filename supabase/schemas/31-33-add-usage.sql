-- Adds the calls of counted reports to their runs' usage. Active time is added up when the run ends.
create function engine.add_usage(p_reports engine.step_report[])
returns void language plpgsql set search_path = ''
as $$
begin
  update public.runs as run set usage = run.usage || jsonb_build_object(
    'llmCalls', (run.usage -> 'llmCalls')::int + spent.llm_calls, 'toolCalls', (run.usage -> 'toolCalls')::int + spent.tool_calls,
    'httpCalls', (run.usage -> 'httpCalls')::int + spent.http_calls, 'tokensIn', (run.usage -> 'tokensIn')::int + spent.tokens_in,
    'tokensOut', (run.usage -> 'tokensOut')::int + spent.tokens_out, 'costUsd', (run.usage -> 'costUsd')::numeric + spent.cost)
  from (
    select report.run_id, count(*) filter (where call ->> 'kind' = 'llm') as llm_calls,
      count(*) filter (where call ->> 'kind' = 'mcp') as tool_calls, count(*) filter (where call ->> 'kind' = 'http') as http_calls,
      coalesce(sum((call -> 'llm' ->> 'tokensIn')::bigint), 0) as tokens_in,
      coalesce(sum((call -> 'llm' ->> 'tokensOut')::bigint), 0) as tokens_out,
      coalesce(sum((call -> 'llm' ->> 'costUsd')::numeric), 0) as cost
    from unnest(p_reports) as report cross join jsonb_array_elements(report.calls) as call
    where report.calls <> '[]'
    group by report.run_id
  ) as spent
  where run.id = spent.run_id;
end $$;
