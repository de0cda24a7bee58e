-- Takes away what goes on inside a container before it is ended from outside: every unfinished step of its items or turns is cancelled, however
-- deep. The caller ends the collector.
create function engine.stop_body(p_collector engine.step_ref)
returns void language plpgsql set search_path = ''
as $$
begin
  perform engine.cancel_steps(p_collector.run_id, array(
    select (step.run_id, step.step_key, step.item_path)::engine.step_ref
    from public.steps as map
    join engine.plan_steps as plan on plan.id = map.plan_step
    join engine.plan_steps as inside on (inside.workflow_id, inside.version) = (plan.workflow_id, plan.version)
      and inside.bodies[cardinality(map.item_path) + 1] = plan.step_key
    join public.steps as step on step.run_id = map.run_id and step.step_key = inside.step_key
      and step.item_path[1:cardinality(map.item_path)] = map.item_path
    where (map.run_id, map.step_key, map.item_path) = (p_collector.run_id, p_collector.step_key, p_collector.item_path)
      and step.finished_at is null));
end $$;
