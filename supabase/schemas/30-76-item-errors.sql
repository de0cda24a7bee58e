-- The errors of a map's failed items by index, each that of the item's first uncaught failed step; `{}` unless `p_any`.
create function engine.item_errors(p_run uuid, p_collector text, p_map_path int[], p_any boolean)
returns jsonb language plpgsql stable set search_path = ''
as $$
begin
  if not p_any then
    return '{}';
  end if;
  return coalesce((
    select jsonb_object_agg(n, error)
    from (
      select distinct on (n) step.item_path[cardinality(step.item_path)] as n,
        step.error || jsonb_build_object('step', step.step_key) as error
      from public.runs as run
      join engine.plan_steps as plan on (plan.workflow_id, plan.version, plan.within) = (run.workflow_id, run.version, p_collector)
      join public.steps as step on step.run_id = p_run and step.step_key = plan.step_key
        and step.item_path[1:cardinality(p_map_path)] = p_map_path
      where run.id = p_run and step.status = 'failed' and plan.on_failure = 'fail_run' and step.role is distinct from 'split'
      order by n, step.finished_at, step.rank
    ) as first
  ), '{}');
end $$;
