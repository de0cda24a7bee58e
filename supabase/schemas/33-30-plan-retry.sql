-- What a retry that makes a new run does with each step of the version it will run: `reused` with the old output, `flagged` (reused, though
-- the step was changed or its output could not be checked), `idle` (skipped before and again) or `rerun`. Steps in bodies follow their map.
-- `p_keep` are steps people treat as done. `can_keep`: the old output would fit. Called by engine.retry_fates and engine.retry_as_new.
create function engine.plan_retry(p_run uuid, p_mode text, p_step text, p_version int, p_keep text[] default '{}')
returns table (step_key text, title text, effect text, verdict text, can_keep boolean) language plpgsql stable set search_path = ''
  set enable_hashjoin = on set join_collapse_limit = 8
as $$
begin
  return query
  with recursive plan as (
    select step.* from engine.plan_steps as step
    join public.runs as run on run.id = p_run and step.workflow_id = run.workflow_id and step.version = p_version
    where step.role is distinct from 'rollback'
  ), edge (upstream, dependent) as (
    select deps.upstream, deps.dependent from engine.plan_deps as deps join plan on plan.id = deps.dependent
    union all
    -- A body belongs to its map: its split feeds it, its collector comes after it.
    select split.id, body.id from plan as split join plan as body on split.role = 'split' and body.within = split.collector
    union all
    select body.id, map.id from plan as body join plan as map on map.step_key = body.within
  ), old as (
    select step.*, old_plan.step_hash, old_plan.definition, old_plan.role as old_role from public.steps as step
    join engine.plan_steps as old_plan on old_plan.id = step.plan_step
    where step.run_id = p_run and step.item_path = '{}'
  ), fitting as (
    select plan.id, plan.step_key, plan.step_hash <> old.step_hash as changed,
      plan.step_hash = old.step_hash or (plan.role is null and engine.output_fits(old.definition, plan.definition, payload.output)) as fits
    from plan
    join old on old.step_key = plan.step_key and old.status = 'succeeded' and (old.kind, old.old_role) is not distinct from (plan.kind, plan.role)
    left join public.step_payloads as payload on (payload.run_id, payload.step_key, payload.item_path) = (p_run, plan.step_key, '{}'::int[])
    where plan.within is null and not exists (
      -- Undone itself, or something in its body was.
      select from public.steps as undone join engine.plan_steps as undone_plan on undone_plan.id = undone.plan_step
      where undone.run_id = p_run and undone.role = 'rollback'
        and (undone.step_key = plan.step_key || '__rollback' or plan.collector = any (undone_plan.bodies)))
  ), kept as (
    select fitting.id, changed or fits is null as flagged from fitting
    where fits is not false and (p_mode <> 'restart' or fitting.step_key = any (p_keep))
  ), chosen as (
    -- What a person treats as done is done, whatever runs before it.
    select kept.id from kept join plan on plan.id = kept.id
    where plan.step_key = any (p_keep) and plan.role is null and (p_mode <> 'from_step' or plan.step_key <> p_step)
  ), again (id, spreads) as (
    -- What had not succeeded runs, but only in a resume does it take along succeeded steps behind it.
    select plan.id, p_mode <> 'from_step' or exists (select from old where old.step_key = plan.step_key and old.status = 'succeeded')
    from plan where plan.within is null and not exists (select from kept where kept.id = plan.id)
    union
    -- The step itself; for one in a body, or a map, from its outermost split.
    select plan.id, true from plan
    where p_mode = 'from_step' and (plan.step_key = p_step or (plan.role = 'split' and (plan.collector = p_step or exists (
      select from plan as target where target.step_key = p_step and plan.collector = any (target.bodies)))))
    union
    -- A map is reused whole or not at all: its collector must have succeeded and its body be the same.
    select plan.id, true from plan
    where plan.role = 'split' and not exists (
      select from kept join plan as map on map.id = kept.id and map.step_key = plan.collector)
    union
    select split.id, true from plan join public.runs as run on run.id = p_run
    join plan as split on split.role = 'split' and split.collector = plan.bodies[1]
    where plan.within is not null and not exists (
      select from engine.plan_steps as old_body
      where (old_body.workflow_id, old_body.version, old_body.step_key, old_body.step_hash)
        = (run.workflow_id, run.version, plan.step_key, plan.step_hash))
  ), spread (id) as (
    select id from again where spreads and not exists (select from chosen where chosen.id = again.id)
    union
    select edge.dependent from spread join edge on edge.upstream = spread.id
    where not exists (select from chosen where chosen.id = edge.dependent)
  ), rerun (id) as (
    (select id from again union select id from spread) except select id from chosen
  ), idle as (
    select id from engine.idle_again(p_run, p_version, array(select id from rerun)) as id
  )
  select plan.step_key, plan.title, plan.effect, case
      when exists (select from idle where idle.id = plan.id) then 'idle'
      when exists (select from rerun where rerun.id = plan.id) then 'rerun' when kept.flagged then 'flagged' else 'reused'
    end, plan.role is null and (p_mode <> 'from_step' or plan.step_key <> p_step) and exists (
      select from fitting where fitting.id = plan.id and fits is not false)
  from plan left join kept on kept.id = plan.id
  where plan.within is null or exists (select from rerun where rerun.id = plan.id)
  order by plan.rank;
end $$;
