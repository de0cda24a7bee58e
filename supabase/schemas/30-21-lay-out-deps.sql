-- Writes the edges between the plan steps of a new version; called by the trigger on versions. Two kinds of edges become something
-- else: a body step waits for its item to be started instead of for the split, and a collector waits for its split and is settled
-- by counting (engine.settle_collectors).
create function engine.lay_out_deps(p_workflow uuid, p_version int, p_plan jsonb)
returns void language plpgsql set search_path = ''
as $$
begin
  insert into engine.plan_deps (upstream, dependent, n, wanted, port, dependent_key, upstream_depth, dependent_depth)
  select upstream.id, dependent.id, position::int, coalesce(dep ->> 'on', 'succeeded'), dep ->> 'port', dependent.step_key,
    cardinality(upstream.bodies), cardinality(dependent.bodies)
  from jsonb_array_elements(p_plan -> 'steps') as listed (step)
  cross join jsonb_array_elements(step -> 'dependsOn') with ordinality as deps (dep, position)
  join engine.plan_steps as dependent on (dependent.workflow_id, dependent.version, dependent.step_key)
    = (p_workflow, p_version, step ->> 'key')
  join engine.plan_steps as upstream on (upstream.workflow_id, upstream.version, upstream.step_key)
    = (p_workflow, p_version, dep ->> 'step')
  where dependent.role is distinct from 'collect'
    and cardinality(upstream.bodies) <= cardinality(dependent.bodies)
    and not (upstream.role is not distinct from 'split' and upstream.collector is not distinct from dependent.within);

  insert into engine.plan_deps (upstream, dependent, n, wanted, dependent_key, upstream_depth, dependent_depth)
  select split.id, collect.id, 1, 'succeeded', collect.step_key, cardinality(split.bodies), cardinality(collect.bodies)
  from engine.plan_steps as collect
  join engine.plan_steps as split using (workflow_id, version)
  where (collect.workflow_id, collect.version) = (p_workflow, p_version)
    and collect.role = 'collect' and split.role = 'split' and split.collector = collect.step_key;

  update engine.plan_steps as step
  set total_deps = (select count(*) from engine.plan_deps where dependent = step.id)
    + (step.within is not null and step.join_mode = 'all')::int,
    leads_deeper = exists (select from engine.plan_deps where upstream = step.id and upstream_depth < dependent_depth)
  where (step.workflow_id, step.version) = (p_workflow, p_version);
end $$;
