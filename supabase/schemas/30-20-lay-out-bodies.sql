-- Notes for each step in a body which of the bodies around it is the innermost map and which the innermost repeat: where `item` and `turn`
-- are found. Called by the trigger on versions.
create function engine.lay_out_bodies(p_workflow uuid, p_version int)
returns void language plpgsql set search_path = ''
as $$
begin
  update engine.plan_steps as step set item_depth = place.item, turn_depth = place.turn
  from (
    select body.bodies, max(n) filter (where container.kind <> 'repeat') as item, max(n) filter (where container.kind = 'repeat') as turn
    from (
      select distinct bodies from engine.plan_steps where (workflow_id, version) = (p_workflow, p_version) and within is not null
    ) as body
    cross join unnest(body.bodies) with ordinality as part (key, n)
    join engine.plan_steps as container
      on (container.workflow_id, container.version, container.step_key) = (p_workflow, p_version, part.key)
    group by body.bodies
  ) as place
  where (step.workflow_id, step.version) = (p_workflow, p_version) and step.within is not null and step.bodies = place.bodies;
end $$;
