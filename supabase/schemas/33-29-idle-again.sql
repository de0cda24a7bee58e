-- Of the steps a retry would run (`p_rerun`, ids of plan steps), those that would be skipped at once, because of what is reused before them:
-- ways not taken stay so. Called by engine.plan_retry.
create function engine.idle_again(p_run uuid, p_version int, p_rerun bigint[])
returns setof bigint language plpgsql stable set search_path = ''
as $$
declare
  candidate record;
  known record;
  idle bigint[] := '{}';
begin
  for candidate in
    select id, join_mode, total_deps from engine.plan_steps
    where id = any (p_rerun) and version = p_version and within is null and total_deps > 0 order by rank, id
  loop
    select count(*) filter (where not is_met) as dead into known
    from (
      select case
          when edge.upstream = any (idle) then false
          when edge.upstream = any (p_rerun) then null
          else edge.wanted <> 'failed' and (edge.port is null or edge.port is not distinct from (
            select port from public.steps where (run_id, step_key, item_path) = (p_run, upstream.step_key, '{}'::int[])))
        end as is_met
      from engine.plan_deps as edge join engine.plan_steps as upstream on upstream.id = edge.upstream
      where edge.dependent = candidate.id
    ) as edges;
    if known.dead = candidate.total_deps or (candidate.join_mode = 'all' and known.dead > 0) then
      idle := idle || candidate.id;
    end if;
  end loop;
  return query
  select plan.id from engine.plan_steps as plan
  where plan.id = any (p_rerun) and (plan.id = any (idle) or exists (
    select from engine.plan_steps as map where map.id = any (idle) and map.role = 'collect' and map.step_key = any (plan.bodies)
      and (map.workflow_id, map.version) = (plan.workflow_id, plan.version)));
end $$;
