-- Notes for each pure step of a new version the steps that a worker may do right after it, ahead of the record: pure ones in a row, each of
-- which waits for the one before and for nothing else, and is its only follower. What goes wrong meanwhile costs nothing: none of them
-- changes anything outside, so whatever is not on record is done again.
create function engine.lay_out_ahead(p_workflow uuid, p_version int)
returns void language plpgsql set search_path = ''
as $$
begin
  with recursive plain as (
    select id, step_key, reads_roots from engine.plan_steps
    where (workflow_id, version) = (p_workflow, p_version) and role is null and effect = 'pure'
      and not has_checks and deadline_ms is null and connections is null
  ), link as (
    select edge.upstream, min(edge.dependent) as dependent, min(edge.port) as port
    from engine.plan_deps as edge join plain on plain.id = edge.upstream
    group by edge.upstream
    having count(*) = 1 and min(edge.upstream_depth) = min(edge.dependent_depth) and min(edge.wanted) <> 'failed'
      and min(edge.dependent) in (select id from plain where reads_roots <@ '{steps,input,vars,item,index}')
      and (select count(*) from engine.plan_deps as other where other.dependent = min(edge.dependent)) = 1
  ), way (first, n, id) as (
    select upstream, 1, dependent from link
    union all
    select way.first, way.n + 1, link.dependent from way join link on link.upstream = way.id where way.n < 15
  )
  update engine.plan_steps as step set ahead = found.ahead, ahead_port = found.port
  from (
    select link.upstream, link.port, array_agg(way.id order by way.n) as ahead
    from link join way on way.first = link.upstream group by link.upstream, link.port
  ) as found
  where step.id = found.upstream;
end $$;
