-- What failed steps do to what stands around them: a split fails its map; an uncaught failure outside of bodies stops the run; one inside a
-- body whose map is set to fail stops the map's other items. Returns the collectors it failed.
create function engine.end_failures(p_ended engine.step_ref[])
returns engine.step_ref[] language plpgsql set search_path = ''
as $$
declare
  failed record;
  collectors engine.step_ref[] := '{}';
begin
  for failed in
    select step.*, plan.collector, plan.bodies, plan.within, plan.on_failure, run.workflow_id, run.version
    from unnest(p_ended) join public.steps as step using (run_id, step_key, item_path)
    join engine.plan_steps as plan on plan.id = step.plan_step
    join public.runs as run on run.id = step.run_id
    where step.status = 'failed'
    order by step.run_id, step.finished_at, step.rank, step.item_path
  loop
    if failed.role = 'split' then
      update public.steps set status = 'failed', last_move = 'step.failed', error = failed.error, finished_at = greatest(engine.now(), started_at)
      where (run_id, step_key, item_path) = (failed.run_id, failed.collector, failed.item_path) and status = 'pending';
      collectors := collectors || (failed.run_id, failed.collector, failed.item_path)::engine.step_ref;
    elsif failed.on_failure <> 'fail_run' then
      continue;
    elsif failed.within is null then
      update public.runs set error = failed.error || jsonb_build_object('step', failed.step_key)
      where id = failed.run_id and error is null;
      perform engine.cancel_steps(failed.run_id);
    elsif (
      select map_config ->> 'onItemFailure' from engine.plan_steps
      where (workflow_id, version, step_key) = (failed.workflow_id, failed.version, failed.within)
    ) is distinct from 'collect' then
      update public.steps set items_failed = greatest(items_failed, 1)
      where (run_id, step_key) = (failed.run_id, failed.within)
        and item_path = failed.item_path[1:cardinality(failed.item_path) - 1] and status = 'pending';
      perform engine.cancel_steps(failed.run_id, array(
        select (step.run_id, step.step_key, step.item_path)::engine.step_ref
        from engine.plan_steps as inside
        join public.steps as step on step.run_id = failed.run_id and step.plan_step = inside.id and step.step_key = inside.step_key
          and step.item_path[1:cardinality(failed.bodies) - 1] = failed.item_path[1:cardinality(failed.bodies) - 1]
        where (inside.workflow_id, inside.version) = (failed.workflow_id, failed.version)
          and inside.bodies[cardinality(failed.bodies)] = failed.within
          and step.status in ('pending', 'ready', 'waiting')));
    end if;
  end loop;
  return collectors;
end $$;
