-- What a retry does with every step it touches, and what is known of the step's effect: the one answer behind retry_preview, the refusal of
-- retry_run, and the setting aside of bulk retries. `asks`: the resumed step waits for a person by itself. `prior` and `effect_verdict` are
-- of steps that run again.
create function engine.retry_fates(p_run public.runs, p_mode text, p_step text, p_version int, p_keep text[] default '{}')
returns table (
  step_key text, item_path int[], title text, effect text, fate text, prior text, effect_verdict text, asks boolean, can_keep boolean
) language plpgsql stable set search_path = ''
  set enable_hashjoin = on set join_collapse_limit = 8
as $$
declare
  -- A resume repeats calls under the old keys, but not those of work that was undone.
  key_mode constant text := case when engine.was_rolled_back(p_run.id) then 'restart' else p_mode end;
begin
  if not engine.resumes_in_place(p_run, p_mode, p_version) then
    return query
    select step.step_key, '{}'::int[], step.title, step.effect, step.verdict, known.prior,
      engine.effect_verdict(step.effect, known.prior, key_mode), false, step.can_keep
    from engine.plan_retry(p_run.id, p_mode, p_step, p_version, p_keep) as step
    cross join lateral (select case when step.verdict = 'rerun' then engine.prior_outcome(p_run.id, step.step_key, null) end as prior) as known;
    return;
  end if;
  return query
  with again as materialized (
    select todo.step_key, todo.item_path, todo.again from engine.steps_to_resume(p_run.id) as todo
  )
  select again.step_key, again.item_path, step.title, plan.effect, 'rerun', known.prior,
    -- Only the checks of kept work are repeated.
    case when step.keeps_output then 'safe' else engine.effect_verdict(plan.effect, known.prior, key_mode) end, again.again = 'asked', false
  from again
  join public.steps as step on (step.run_id, step.step_key, step.item_path) = (p_run.id, again.step_key, again.item_path)
  join engine.plan_steps as plan on plan.id = step.plan_step
  cross join lateral (select engine.prior_outcome(p_run.id, again.step_key, again.item_path) as prior) as known
  union all
  -- The bodies of maps that were never opened: their split did not run, or the run had ended by then.
  select body.step_key, map.item_path, body.title, body.effect, 'rerun', 'none', 'safe', false, false
  from again
  join public.steps as map on (map.run_id, map.step_key, map.item_path) = (p_run.id, again.step_key, again.item_path)
  join engine.plan_steps as plan on plan.id = map.plan_step and plan.role = 'collect'
  join engine.plan_steps as body on (body.workflow_id, body.version) = (plan.workflow_id, plan.version)
    and plan.step_key = any (body.bodies) and body.role is distinct from 'rollback'
  where not exists (
    select from public.steps as instance where instance.run_id = p_run.id and instance.step_key = body.step_key
      and instance.item_path[1:cardinality(map.item_path)] = map.item_path)
  union all
  select old.step_key, old.item_path, old.title, plan.effect, 'reused', null, null, false, false
  from public.steps as old join engine.plan_steps as plan on plan.id = old.plan_step
  where old.run_id = p_run.id and old.status = 'succeeded';
end $$;
