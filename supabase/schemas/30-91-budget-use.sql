-- What a run has used of each of its budgets: by the calls reported, and held by attempts that run, except the given one.
create function engine.budget_use(p_run public.runs, p_except engine.step_ref)
returns table (name text, amount numeric, used numeric, held numeric) language plpgsql stable set search_path = ''
as $$
declare
  holding record;
begin
  select coalesce(sum(hold.tokens), 0) as tokens, coalesce(sum(hold.cost_usd), 0) as cost, coalesce(sum(hold.calls), 0) as calls into holding
  from engine.budget_reservations as hold
  join public.steps as step on (step.run_id, step.step_key, step.item_path) = (hold.run_id, hold.step_key, hold.item_path)
    and step.status = 'running' and step.attempt = hold.attempt
  where hold.run_id = p_run.id
    and (hold.step_key, hold.item_path) is distinct from (p_except.step_key, p_except.item_path);
  return query
  select budget.key, budget.value::numeric, case budget.key
      when 'tokens' then (p_run.usage -> 'tokensIn')::numeric + (p_run.usage -> 'tokensOut')::numeric
      when 'costUsd' then (p_run.usage -> 'costUsd')::numeric
      when 'calls' then (p_run.usage -> 'llmCalls')::numeric + (p_run.usage -> 'toolCalls')::numeric + (p_run.usage -> 'httpCalls')::numeric
      else (
        select coalesce(sum(case when attempt.finished_at is null then extract(epoch from engine.now() - attempt.started_at) * 1000
          else attempt.active_ms end), 0)
        from public.attempts as attempt where attempt.run_id = p_run.id)
    end, case budget.key when 'tokens' then holding.tokens when 'costUsd' then holding.cost when 'calls' then holding.calls else 0 end::numeric
  from jsonb_each_text(p_run.budgets) as budget;
end $$;
