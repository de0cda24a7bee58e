-- How many of a body step's dependencies on steps outside of its body have ended, and how; for the items below `p_item`.
create function engine.outer_deps(p_run uuid, p_plan_step bigint, p_item int[])
returns table (met int, dead int) language plpgsql stable set search_path = ''
as $$
begin
  return query
  select count(*) filter (where ended.is_met)::int, count(*) filter (where not ended.is_met)::int
  from (
    select case edge.wanted
        when 'failed' then step.status = 'failed'
        when 'finished' then step.status in ('succeeded', 'failed')
        else step.status = 'succeeded' and (edge.port is null or edge.port is not distinct from step.port)
      end as is_met
    from engine.plan_deps as edge
    join public.steps as step on step.run_id = p_run and step.plan_step = edge.upstream
      and step.item_path = p_item[1:edge.upstream_depth]
    where edge.dependent = p_plan_step and edge.upstream_depth < edge.dependent_depth
      and step.status in ('succeeded', 'failed', 'skipped', 'cancelled')
  ) as ended;
end $$;
