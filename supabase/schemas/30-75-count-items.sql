-- Counts ended items of the maps around a set of ended steps, starts their next items, and settles maps with nothing left to do. Returns
-- the steps moved, collectors included.
create function engine.count_items(p_ended engine.step_ref[], p_worker text, p_take int, p_lease interval)
returns engine.moved[] language plpgsql set search_path = ''
as $$
declare
  collectors engine.step_ref[];
  tokens engine.token[];
  moved engine.moved[] := '{}';
begin
  with ended as materialized (
    select step.run_id, plan.within, step.item_path[1:cardinality(step.item_path) - 1] as map_path,
      count(*) filter (where step.role in ('item', 'turn')) as done,
      count(*) filter (where step.role in ('item', 'turn') and step.status <> 'succeeded'
        and engine.item_error(step.run_id, plan.within, step.item_path) is not null) as failed
    from unnest(p_ended) join public.steps as step using (run_id, step_key, item_path)
    join engine.plan_steps as plan on plan.id = step.plan_step
    where step.item_path <> '{}'
    group by step.run_id, plan.within, map_path
  ), counted as (
    update public.steps as map set
      items_done = map.items_done + ended.done, items_failed = map.items_failed + ended.failed,
      items_started = greatest(map.items_started, least(
        map.items_total, coalesce((plan.map_config ->> 'concurrency')::int, 8) + map.items_done + ended.done))
    from ended, engine.plan_steps as plan, public.steps as old
    where (map.run_id, map.step_key, map.item_path) = (ended.run_id, ended.within, ended.map_path) and map.status = 'pending'
      and ended.done > 0
      and plan.id = map.plan_step
      and (old.run_id, old.step_key, old.item_path) = (map.run_id, map.step_key, map.item_path)
    returning map.run_id, map.step_key, map.item_path, map.items_started, old.items_started as started_before,
      plan.workflow_id, plan.version
  )
  select (select array_agg((run_id, within, map_path)::engine.step_ref) from ended),
    array_agg((counted.run_id, body.step_key, counted.item_path || n, 1, 0)::engine.token) filter (where n is not null)
  into collectors, tokens
  from counted
  left join generate_series(counted.started_before, counted.items_started - 1) as n on true
  left join engine.plan_steps as body on n is not null and body.join_mode = 'all'
    and (body.workflow_id, body.version, body.within) = (counted.workflow_id, counted.version, counted.step_key);
  if collectors is null then
    return moved;
  end if;
  if tokens is not null then
    moved := engine.give_tokens(tokens, p_worker, p_take, p_lease);
  end if;
  return moved || array(
    select (run_id, step_key, item_path, 'ended')::engine.moved from unnest(engine.settle_collectors(collectors)));
end $$;
