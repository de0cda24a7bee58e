-- Inserts the instances of a map's body for every item of each succeeded split, the first `concurrency` items started. Safe to repeat.
-- Returns the collectors of maps over nothing, which end at once.
create function engine.open_maps(p_splits engine.step_ref[])
returns engine.step_ref[] language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  map record;
  ended engine.step_ref[] := '{}';
  inserted engine.step_ref[];
begin
  for map in
    select split.run_id, split.item_path, split.items_total as total, split.workspace_id, split.priority, plan.collector,
      plan.workflow_id, plan.version, cardinality(plan.bodies) as depth,
      least(split.items_total, coalesce((plan.map_config ->> 'concurrency')::int, 8)) as started
    from unnest(p_splits) join public.steps as split using (run_id, step_key, item_path)
    join engine.plan_steps as plan on plan.id = split.plan_step
    join public.runs as run on run.id = split.run_id
    join public.steps as map_step on map_step.status = 'pending'
      and (map_step.run_id, map_step.step_key, map_step.item_path) = (split.run_id, plan.collector, split.item_path)
    where split.role = 'split' and split.status = 'succeeded' and run.error is null and run.cancel_requested_at is null
  loop
    update public.steps set items_total = map.total, items_started = map.started
    where (run_id, step_key, item_path) = (map.run_id, map.collector, map.item_path) and status = 'pending';
    if map.total = 0 then
      ended := ended || engine.settle_collectors(array[(map.run_id, map.collector, map.item_path)::engine.step_ref]);
      continue;
    end if;
    with body as (
      select plan.*, coalesce(outer_deps.met, 0) as met, coalesce(outer_deps.dead, 0) as dead
      from engine.plan_steps as plan
      left join lateral engine.outer_deps(map.run_id, plan.id, map.item_path) as outer_deps on true
      where (plan.workflow_id, plan.version, plan.within) = (map.workflow_id, map.version, map.collector)
    ), new_steps as (
      insert into public.steps (
        run_id, step_key, item_path, workspace_id, plan_step, node_id, kind, role, title, rank, priority, status, attempt_limit,
        remaining_deps, dead_deps, due_at)
      select map.run_id, body.step_key, map.item_path || n, map.workspace_id, body.id, body.node_id, body.kind, body.role, body.title,
        body.rank, map.priority, case when startable and n < map.started then 'ready' else 'pending' end, body.max_attempts,
        body.total_deps - body.met - body.dead - (body.join_mode = 'all' and n < map.started)::int, body.dead,
        case when startable and n < map.started then at end
      from body cross join generate_series(0, map.total - 1) as n
      cross join lateral (
        select body.dead = 0 and body.join_mode = 'all' and body.total_deps - body.met = 1 and body.role is distinct from 'collect'
      ) as root (startable)
      on conflict do nothing
      returning run_id, step_key, item_path, status, remaining_deps, dead_deps
    )
    select array_agg((run_id, step_key, item_path)::engine.step_ref) into inserted
    from new_steps where status = 'pending' and (dead_deps > 0 or remaining_deps = 0);
    if inserted is not null then
      perform engine.advance(engine.skipped_of(engine.give_tokens(
        array(select (run_id, step_key, item_path, 0, 0)::engine.token from unnest(inserted)), null, 0, null)), null, 0, null);
    end if;
  end loop;
  return ended;
end $$;
