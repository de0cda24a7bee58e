-- Holds for one attempt what its calls have used so far and may use next: {tokens, costUsd, calls}, in all. Answers {granted}, and when it is
-- refused which `budget` is short and its `amount`, with `until` when only other attempts hold it now. Announces when 80 % are gone.
create function engine.reserve_budget(p_run uuid, p_step text, p_item int[], p_attempt int, p_wanted jsonb)
returns jsonb language plpgsql security definer set search_path = ''
as $$
declare
  run public.runs;
  short record;
  nearly text;
begin
  select * into run from public.runs where id = p_run for no key update;
  if run.budgets is null then
    return '{"granted": true}';
  end if;
  if not exists (
    select from public.steps
    where (run_id, step_key, item_path) = (p_run, p_step, p_item) and status = 'running' and attempt = p_attempt
  ) then
    return '{"granted": false}';
  end if;
  select use.*, coalesce((p_wanted ->> use.name)::numeric, 0) as wanted into short
  from engine.budget_use(run, (p_run, p_step, p_item)::engine.step_ref) as use
  where case when use.name = 'activeMs' then use.used >= use.amount
    else use.used + use.held + coalesce((p_wanted ->> use.name)::numeric, 0) > use.amount end
  order by use.name limit 1;
  if short.name is not null then
    return jsonb_strip_nulls(jsonb_build_object('granted', false, 'budget', short.name, 'amount', short.amount,
      'until', case when short.used + short.wanted <= short.amount and short.name <> 'activeMs'
        then engine.iso_time(engine.now() + interval '2 s') end));
  end if;
  insert into engine.budget_reservations (run_id, step_key, item_path, attempt, tokens, cost_usd, calls)
  values (p_run, p_step, p_item, p_attempt, coalesce((p_wanted ->> 'tokens')::numeric, 0), coalesce((p_wanted ->> 'costUsd')::numeric, 0),
    coalesce((p_wanted ->> 'calls')::int, 0))
  on conflict (run_id, step_key, item_path, attempt) do update
  set tokens = excluded.tokens, cost_usd = excluded.cost_usd, calls = excluded.calls;
  select use.name into nearly from engine.budget_use(run, null) as use
  where use.used + use.held >= use.amount * 0.8 order by (use.used + use.held) / use.amount desc limit 1;
  if nearly is distinct from run.budget_warning then
    update public.runs set budget_warning = nearly, last_move = 'run.updated' where id = p_run;
  end if;
  return '{"granted": true}';
end $$;
