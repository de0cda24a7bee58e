-- What a resume of a run repeats: uncaught failures and everything that was cancelled, with all they held back. `again` says how: retried,
-- reset (waits for what it depends on), or asked (nobody knows whether it happened). Failures their workflow caught stay as they are.
create function engine.steps_to_resume(p_run uuid)
returns table (step_key text, item_path int[], again text) language plpgsql stable set search_path = ''
as $$
begin
  return query
  with recursive repeated as (
    select step.step_key, step.item_path, step.plan_step, step.status, step.role
    from public.steps as step join engine.plan_steps as plan on plan.id = step.plan_step
    where step.run_id = p_run and step.item_path = '{}'
      and (step.status = 'cancelled' or (step.status = 'failed' and plan.on_failure = 'fail_run'
        -- A split fails through its collector, which says whether that was caught.
        and step.role is distinct from 'split')
        or (step.status = 'failed' and step.role = 'split' and exists (
          select from public.steps as map join engine.plan_steps as map_plan on map_plan.id = map.plan_step
          where (map.run_id, map.step_key, map.item_path) = (p_run, plan.collector, step.item_path)
            and map.status in ('failed', 'cancelled') and map_plan.on_failure = 'fail_run')))
    union
    select step.step_key, step.item_path, step.plan_step, step.status, step.role
    from repeated
    join engine.plan_steps as plan on plan.id = repeated.plan_step
    join public.steps as step on step.run_id = p_run
    join engine.plan_steps as next on next.id = step.plan_step
    where (
      -- The uncaught failures and cancelled steps of a body whose map runs again.
      repeated.role = 'collect' and next.within = repeated.step_key
      and step.item_path[1:cardinality(repeated.item_path)] = repeated.item_path
      and (step.status = 'cancelled' or (step.status = 'failed' and next.on_failure = 'fail_run'))
    ) or (
      -- What depended on it and came to nothing.
      step.status in ('skipped', 'failed') and exists (
        select from engine.plan_deps as edge
        where edge.upstream = repeated.plan_step and edge.dependent = step.plan_step
          and step.item_path[1:edge.upstream_depth] = repeated.item_path)
    )
  )
  select repeated.step_key, repeated.item_path, case
    when repeated.status = 'cancelled' and step.error ->> 'code' = 'outcome_unknown' then 'asked'
    when repeated.status = 'failed' and repeated.role is distinct from 'collect' and step.dead_deps = 0 and not exists (
      select from engine.plan_deps as edge join repeated as upstream on upstream.plan_step = edge.upstream
      where edge.dependent = repeated.plan_step and repeated.item_path[1:edge.upstream_depth] = upstream.item_path) then 'retried'
    else 'reset'
  end
  from repeated join public.steps as step on (step.run_id, step.step_key, step.item_path) = (p_run, repeated.step_key, repeated.item_path);
end $$;
