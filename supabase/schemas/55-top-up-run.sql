-- Raises the budgets of a run by the given amounts, e.g. {"tokens": 5000}, and lets the steps that wait for them go on. A run without such a
-- budget has no limit to raise. Operators.
create function public.top_up_run(run uuid, budgets jsonb)
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  target public.runs;
  actor uuid;
  raised jsonb;
begin
  select * into target from public.runs where id = run;
  actor := engine.require_role(target.workspace_id, 'operator', 'run');
  perform engine.check_budgets(budgets);
  select * into target from public.runs where id = run for no key update;
  if target.finished_at is not null then
    perform engine.raise('RB409', 'The run has ended, so it spends nothing more.', 'Retry it if it should go on.');
  end if;
  if target.budgets is null or exists (select from jsonb_object_keys(budgets) as name where not target.budgets ? name) then
    perform engine.raise('RB422', 'The run has no such budget.', 'Raise one of those the run page shows.');
  end if;
  select jsonb_object_agg(name, (amount #>> '{}')::numeric + coalesce((budgets ->> name)::numeric, 0)) into raised
  from jsonb_each(target.budgets) as budget (name, amount);
  update public.runs as raising set budgets = raised, budget_warning = null, last_move = 'run.updated' where id = run;
  perform engine.release_held(array[run], 'budget', name) from jsonb_object_keys(top_up_run.budgets) as name;
  perform engine.write_audit(target.workspace_id, actor, 'run.topped_up', run::text, top_up_run.budgets);
  return jsonb_build_object('budgets', raised);
end $$;
