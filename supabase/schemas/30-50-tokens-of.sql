-- The tokens a set of ended steps gives to the steps that depend on them: met or dead by each edge's condition.
create function engine.tokens_of(p_ended engine.step_ref[])
returns engine.token[] language plpgsql stable set search_path = ''
as $$
begin
  return array(
    select (ended.run_id, edge.dependent_key, coalesce(deeper.item_path, ended.item_path), edge.met::int, (not edge.met)::int)::engine.token
    from unnest(p_ended) as ref
    join public.steps as ended using (run_id, step_key, item_path)
    cross join lateral (
      select dependent_key, upstream_depth < dependent_depth as fans_out,
        case wanted
          when 'failed' then ended.status = 'failed'
          when 'finished' then ended.status in ('succeeded', 'failed')
          else ended.status = 'succeeded' and (port is null or port is not distinct from ended.port)
        end as met
      from engine.plan_deps where upstream = ended.plan_step
    ) as edge
    left join lateral (
      select instance.item_path from public.steps as instance
      where edge.fans_out and instance.run_id = ended.run_id and instance.step_key = edge.dependent_key
        and instance.item_path[1:cardinality(ended.item_path)] = ended.item_path
    ) as deeper on true
    where not edge.fans_out or deeper.item_path is not null
  );
end $$;
