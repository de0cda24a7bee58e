-- Of the steps a retry would run (`p_rerun`, ids of plan steps), those that would only be skipped once more: skipped before, unchanged, and
-- with nothing before them that runs. Called by engine.plan_retry.
create function engine.idle_again(p_run uuid, p_version int, p_rerun bigint[])
returns setof bigint language plpgsql stable set search_path = ''
as $$
declare
  candidate record;
  idle bigint[] := '{}';
begin
  for candidate in
    select plan.id
    from engine.plan_steps as plan
    join public.steps as old on (old.run_id, old.step_key, old.item_path) = (p_run, plan.step_key, '{}'::int[])
    join engine.plan_steps as old_plan on old_plan.id = old.plan_step and old_plan.step_hash = plan.step_hash
    where plan.id = any (p_rerun) and plan.version = p_version and old.status = 'skipped' and old.attempt = 0
    order by plan.rank, plan.id
  loop
    if not exists (
      select from engine.plan_deps as edge
      where edge.dependent = candidate.id and edge.upstream = any (p_rerun) and not edge.upstream = any (idle)
    ) then
      idle := idle || candidate.id;
    end if;
  end loop;
  return query
  select plan.id from engine.plan_steps as plan
  where plan.id = any (p_rerun) and (plan.id = any (idle) or exists (
    select from engine.plan_steps as map where map.id = any (idle) and map.role = 'collect' and map.step_key = any (plan.bodies)
      and (map.workflow_id, map.version) = (plan.workflow_id, plan.version)));
end $$;
