-- The tokens a set of ended steps gives to the steps that depend on them: met or dead by each edge's condition.
create function engine.tokens_of(p_ended engine.step_ref[])
returns engine.token[] language plpgsql stable set search_path = ''
as $$
begin
  return array(
    with token as materialized (
      select ended.run_id, ended.item_path, edge.dependent_key, edge.upstream_depth < edge.dependent_depth as fans_out, case edge.wanted
          when 'failed' then ended.status = 'failed'
          when 'finished' then ended.status in ('succeeded', 'failed')
          else ended.status = 'succeeded' and (edge.port is null or edge.port is not distinct from ended.port)
        end as met
      from unnest(p_ended) as ref
      join public.steps as ended
        on (ended.run_id, ended.step_key, ended.item_path) = (ref.run_id, ref.step_key, ref.item_path)
      join engine.plan_deps as edge on edge.upstream = ended.plan_step
    )
    select (run_id, dependent_key, item_path, met::int, (not met)::int)::engine.token from token where not fans_out
    union all
    select (token.run_id, token.dependent_key, deeper.item_path, met::int, (not met)::int)::engine.token
    from (select * from token where fans_out) as token
    join public.steps as deeper on deeper.run_id = token.run_id and deeper.step_key = token.dependent_key
      and deeper.item_path[1:cardinality(token.item_path)] = token.item_path
  );
end $$;
