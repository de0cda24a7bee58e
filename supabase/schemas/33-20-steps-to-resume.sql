-- What a resume of a run repeats: uncaught failures and everything that was cancelled, with all they held back. `again` says how: retried,
-- reset (waits for what it depends on), or asked (nobody knows whether it happened). Failures their workflow caught stay as they are.
create function engine.steps_to_resume(p_run uuid)
returns table (step_key text, item_path int[], again text) language plpgsql stable set search_path = ''
  set enable_hashjoin = on
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
    -- Each way by keys: what lies under a path is a range of paths.
    cross join lateral (
      -- The uncaught failures and cancelled steps of a body whose map runs again.
      select body.* from engine.plan_steps as next
      join public.steps as body on body.run_id = p_run and body.step_key = next.step_key
        and body.item_path >= repeated.item_path and body.item_path <= repeated.item_path || 2147483647
      where repeated.role = 'collect' and (next.workflow_id, next.version, next.within) = (plan.workflow_id, plan.version, plan.step_key)
        and (body.status = 'cancelled' or (body.status = 'failed' and next.on_failure = 'fail_run'))
      union all
      -- What depended on it and came to nothing.
      select dependent.* from engine.plan_deps as edge
      join public.steps as dependent on dependent.run_id = p_run and dependent.step_key = edge.dependent_key
        and dependent.item_path >= repeated.item_path and dependent.item_path <= repeated.item_path || 2147483647
      where edge.upstream = repeated.plan_step and dependent.status in ('skipped', 'failed')
        and dependent.item_path[1:edge.upstream_depth] = repeated.item_path
    ) as step
  ), held as (
    -- What waits for something else that is repeated.
    select distinct behind.step_key, behind.item_path
    from repeated as behind
    join engine.plan_deps as edge on edge.dependent = behind.plan_step
    join repeated as upstream on upstream.plan_step = edge.upstream and upstream.item_path = behind.item_path[1:edge.upstream_depth]
  )
  select repeated.step_key, repeated.item_path, case
    when repeated.status = 'cancelled' and step.error ->> 'code' = 'outcome_unknown' then 'asked'
    when repeated.status = 'failed' and repeated.role is distinct from 'collect' and step.dead_deps = 0 and held.step_key is null then 'retried'
    else 'reset'
  end
  from repeated join public.steps as step on (step.run_id, step.step_key, step.item_path) = (p_run, repeated.step_key, repeated.item_path)
  left join held on (held.step_key, held.item_path) = (repeated.step_key, repeated.item_path);
end $$;
