-- Notes for each split of a new version the steps of its map's body, if a worker may do them for each item right after the split, ahead of
-- the record: the whole body is one row of pure steps that ends with the item's result, and nothing outside leads into it.
create function engine.lay_out_bodies_ahead(p_workflow uuid, p_version int)
returns void language plpgsql set search_path = ''
as $$
begin
  with recursive part as (
    select plan.id, plan.within, plan.role, plan.total_deps,
      (plan.role is null or plan.role = 'item') and plan.effect = 'pure' and plan.join_mode = 'all' and not plan.has_checks
        and plan.deadline_ms is null and plan.connections is null and plan.reads_roots <@ '{steps,input,vars,item,index}' as is_plain
    from engine.plan_steps as plan
    where (plan.workflow_id, plan.version) = (p_workflow, p_version) and plan.within is not null and plan.role is distinct from 'rollback'
  ), body as (
    select within, count(*) as size from part group by within
    having bool_and(is_plain) and count(*) <= 16 and count(*) filter (where total_deps = 1) = 1
  ), way (within, n, id, role, port) as (
    select part.within, 1, part.id, part.role, null::text from part join body using (within) where part.total_deps = 1
    union all
    select way.within, way.n + 1, part.id, part.role, edge.port
    from way
    join engine.plan_deps as edge on edge.upstream = way.id and edge.wanted <> 'failed' and edge.upstream_depth = edge.dependent_depth
    join part on part.id = edge.dependent and part.within = way.within and part.total_deps = 2
  ), found as (
    select way.within, array_agg(way.id order by way.n) as ids, array_agg(way.port order by way.n) as ports
    from way join body using (within) group by way.within, body.size
    having count(*) = body.size and max(way.n) = body.size and (array_agg(way.role order by way.n desc))[1] = 'item'
  ), ported as (
    update engine.plan_steps as step set ahead_port = found.ports[place + 1]
    from found cross join lateral unnest(found.ids) with ordinality as listed (id, place)
    where step.id = listed.id
  )
  update engine.plan_steps as split set ahead = found.ids
  from found
  where (split.workflow_id, split.version, split.role, split.kind, split.collector) = (p_workflow, p_version, 'split', 'map', found.within);
end $$;
