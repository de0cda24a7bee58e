-- What a retry that makes a new run does with each step of the version it will run: `reused` with the old output, `flagged` (reused, though
-- the step's definition changed) or `rerun`. Steps in bodies follow their map. Called by retry_run and retry_preview.
create function engine.plan_retry(p_run uuid, p_mode text, p_step text, p_version int)
returns table (step_key text, title text, effect text, verdict text) language plpgsql stable set search_path = ''
as $$
begin
  return query
  with recursive plan as (
    select step.* from engine.plan_steps as step
    join public.runs as run on run.id = p_run and step.workflow_id = run.workflow_id and step.version = p_version
  ), edge (upstream, dependent) as (
    select deps.upstream, deps.dependent from engine.plan_deps as deps join plan on plan.id = deps.dependent
    union all
    -- A body belongs to its map: its split feeds it, its collector comes after it.
    select split.id, body.id from plan as split join plan as body on split.role = 'split' and body.within = split.collector
    union all
    select body.id, map.id from plan as body join plan as map on map.step_key = body.within
  ), kept as (
    select plan.id, plan.step_hash <> old_plan.step_hash as changed
    from plan
    join public.steps as old on (old.run_id, old.step_key, old.item_path) = (p_run, plan.step_key, '{}'::int[])
    join engine.plan_steps as old_plan on old_plan.id = old.plan_step
    left join public.step_payloads as payload
      on (payload.run_id, payload.step_key, payload.item_path) = (old.run_id, old.step_key, old.item_path)
    where p_mode <> 'restart' and plan.within is null and old.status = 'succeeded'
      and (plan.kind, plan.role) is not distinct from (old_plan.kind, old_plan.role)
      and (plan.step_hash = old_plan.step_hash or plan.role is not null or not exists (
        select from json_object_keys(plan.definition -> 'outputs') as port
        where not coalesce(payload.output, '{}') ? port and not (old_plan.definition -> 'outputs')::jsonb ? port))
  ), again (id, spreads) as (
    -- What had not succeeded runs, but only in a resume does it take along succeeded steps behind it.
    select plan.id, p_mode <> 'from_step' or exists (
      select from public.steps as old
      where (old.run_id, old.step_key, old.item_path, old.status) = (p_run, plan.step_key, '{}'::int[], 'succeeded'))
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
    select plan.id, true from plan join public.runs as run on run.id = p_run
    where plan.within is not null and not exists (
      select from engine.plan_steps as old_body
      where (old_body.workflow_id, old_body.version, old_body.step_key, old_body.step_hash)
        = (run.workflow_id, run.version, plan.step_key, plan.step_hash))
  ), spread (id) as (
    select id from again where spreads
    union
    select edge.dependent from spread join edge on edge.upstream = spread.id
  ), rerun (id) as (
    select id from again union select id from spread
  )
  select plan.step_key, plan.title, plan.effect, case
    when exists (select from rerun where rerun.id = plan.id) then 'rerun' when kept.changed then 'flagged' else 'reused' end
  from plan left join kept on kept.id = plan.id
  where plan.within is null or exists (select from rerun where rerun.id = plan.id)
  order by plan.rank;
end $$;
