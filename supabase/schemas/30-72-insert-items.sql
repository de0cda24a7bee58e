-- Inserts the instances of a container's body for the items (or turns) from `p_from` to before `p_to`; those before `p_started` start at
-- once. Safe to repeat. The caller holds the run's lock.
create function engine.insert_items(p_collector engine.step_ref, p_from int, p_to int, p_started int)
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  map record;
  inserted engine.step_ref[];
begin
  select step.run_id, step.item_path, step.workspace_id, step.priority, step.lane, plan.workflow_id, plan.version, plan.step_key into map
  from public.steps as step join engine.plan_steps as plan on plan.id = step.plan_step
  where (step.run_id, step.step_key, step.item_path) = (p_collector.run_id, p_collector.step_key, p_collector.item_path);
  with body as (
    select plan.*, coalesce(outer_deps.met, 0) as met, coalesce(outer_deps.dead, 0) as dead
    from engine.plan_steps as plan
    left join lateral engine.outer_deps(map.run_id, plan.id, map.item_path) as outer_deps on true
    where (plan.workflow_id, plan.version, plan.within) = (map.workflow_id, map.version, map.step_key)
      and plan.role is distinct from 'rollback'
  ), new_steps as (
    insert into public.steps (
      run_id, step_key, item_path, workspace_id, plan_step, node_id, kind, role, title, rank, priority, lane, status, attempt_limit,
      remaining_deps, dead_deps, due_at)
    select map.run_id, body.step_key, map.item_path || n, map.workspace_id, body.id, body.node_id, body.kind, body.role, body.title,
      body.rank, map.priority, map.lane, case when startable and n < p_started then 'ready' else 'pending' end, body.max_attempts,
      body.total_deps - body.met - body.dead - (body.join_mode = 'all' and n < p_started)::int, body.dead,
      case when startable and n < p_started then at end
    from body cross join generate_series(p_from, p_to - 1) as n
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
end $$;
