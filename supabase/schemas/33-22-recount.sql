-- Counts the dependencies of pending steps from what the others are now; for collectors also their ended items. Of `p_again`, those that were
-- `reset` by the resume of one run.
create function engine.recount(p_again engine.moved[])
returns table (step_key text, item_path int[], remaining int, dead int, items_done int) language plpgsql stable set search_path = ''
as $$
begin
  return query
  select again.step_key, again.item_path,
    plan.total_deps - coalesce(ended.all_of, 0) - (plan.within is not null and plan.join_mode = 'all' and coalesce((
      select map.items_started > again.item_path[cardinality(again.item_path)] from public.steps as map
      where (map.run_id, map.step_key, map.item_path)
        = (again.run_id, plan.within, again.item_path[1:cardinality(again.item_path) - 1])), false))::int,
    coalesce(ended.dead, 0),
    case when plan.role = 'collect' then (
      select count(*)::int from public.steps as item
      where item.run_id = again.run_id and item.step_key in (again.step_key || '__item', again.step_key || '__turn')
        and item.item_path[1:cardinality(again.item_path)] = again.item_path and item.status in ('succeeded', 'failed', 'skipped')) else 0 end
  from unnest(p_again) as again
  join public.steps as step using (run_id, step_key, item_path)
  join engine.plan_steps as plan on plan.id = step.plan_step
  left join lateral (
    select count(met.is_met)::int as all_of, count(*) filter (where not met.is_met)::int as dead
    from engine.plan_deps as edge
    join engine.plan_steps as source on source.id = edge.upstream
    join public.steps as upstream on (upstream.run_id, upstream.step_key, upstream.item_path)
      = (again.run_id, source.step_key, again.item_path[1:edge.upstream_depth])
    cross join lateral (select case edge.wanted
        when 'failed' then upstream.status = 'failed'
        when 'finished' then upstream.status in ('succeeded', 'failed')
        else upstream.status = 'succeeded' and (edge.port is null or edge.port is not distinct from upstream.port)
      end as is_met) as met
    where edge.dependent = plan.id and upstream.status in ('succeeded', 'failed', 'skipped', 'cancelled')
  ) as ended on true
  where again.status = 'reset';
end $$;
