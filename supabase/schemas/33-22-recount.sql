-- Counts a pending step's dependencies from what the others are now; for a collector also its ended items. Called when a resume resets steps.
create function engine.recount(p_run uuid, p_step text, p_item int[])
returns table (remaining int, dead int, items_done int) language plpgsql stable set search_path = ''
as $$
declare
  plan engine.plan_steps;
  is_started boolean := false;
begin
  select found.* into plan from public.steps as step join engine.plan_steps as found on found.id = step.plan_step
  where (step.run_id, step.step_key, step.item_path) = (p_run, p_step, p_item);
  if plan.within is not null and plan.join_mode = 'all' then
    select map.items_started > p_item[cardinality(p_item)] into is_started from public.steps as map
    where (map.run_id, map.step_key, map.item_path) = (p_run, plan.within, p_item[1:cardinality(p_item) - 1]);
  end if;
  return query
  select plan.total_deps - count(ended.is_met)::int - is_started::int, count(*) filter (where not ended.is_met)::int, (
    select count(*)::int from public.steps as item
    where plan.role = 'collect' and item.run_id = p_run and item.step_key in (p_step || '__item', p_step || '__turn')
      and item.item_path[1:cardinality(p_item)] = p_item and item.status in ('succeeded', 'failed', 'skipped'))
  from (
    select case edge.wanted
        when 'failed' then step.status = 'failed'
        when 'finished' then step.status in ('succeeded', 'failed')
        else step.status = 'succeeded' and (edge.port is null or edge.port is not distinct from step.port)
      end as is_met
    from engine.plan_deps as edge
    join public.steps as step on step.run_id = p_run and step.plan_step = edge.upstream
      and step.item_path = p_item[1:edge.upstream_depth]
    where edge.dependent = plan.id and step.status in ('succeeded', 'failed', 'skipped', 'cancelled')
  ) as ended;
end $$;
