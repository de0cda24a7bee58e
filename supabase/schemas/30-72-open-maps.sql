-- Inserts the instances of a body for every item of each succeeded split that was not done ahead, the first `concurrency` of them started;
-- of a repeat, those of the first turn. A container's deadline counts from the start of its split. Safe to repeat.
-- Returns the collectors of maps with nothing left to do, which end at once.
create function engine.open_maps(p_splits engine.step_ref[])
returns engine.step_ref[] language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  map record;
  ended engine.step_ref[] := '{}';
begin
  for map in
    select split.run_id, split.item_path, split.items_total as total, plan.collector,
      plan.workflow_id, plan.version, map_step.items_done as done,
      case when plan.deadline_ms is not null then coalesce((
        select started_at from public.attempts as attempt
        where (attempt.run_id, attempt.step_key, attempt.item_path, attempt.n) = (split.run_id, split.step_key, split.item_path, split.attempt)
      ), at) + plan.deadline_ms * interval '1 ms' end as deadline_at,
      least(split.items_total, coalesce((plan.map_config ->> 'concurrency')::int, 8)) as at_once,
      least(split.items_total, coalesce((plan.map_config ->> 'concurrency')::int, 8) + map_step.items_done) as started
    from unnest(p_splits) join public.steps as split using (run_id, step_key, item_path)
    join engine.plan_steps as plan on plan.id = split.plan_step
    join public.runs as run on run.id = split.run_id
    join public.steps as map_step on map_step.status = 'pending'
      and (map_step.run_id, map_step.step_key, map_step.item_path) = (split.run_id, plan.collector, split.item_path)
    where split.role = 'split' and split.status = 'succeeded' and run.error is null and run.cancel_requested_at is null
  loop
    update public.steps set items_total = map.total, items_started = map.started, deadline_at = map.deadline_at
    where (run_id, step_key, item_path) = (map.run_id, map.collector, map.item_path) and status = 'pending';
    if map.done = map.total then
      ended := ended || engine.settle_collectors(array[(map.run_id, map.collector, map.item_path)::engine.step_ref]);
      continue;
    end if;
    perform engine.insert_items((map.run_id, map.collector, map.item_path)::engine.step_ref, 0, map.total, map.at_once);
    -- Viewers know of the first without being told; of those that start in the place of items done ahead they are told.
    if map.started > map.at_once then
      perform engine.advance(engine.skipped_of(engine.give_tokens(array(
        select (map.run_id, body.step_key, map.item_path || n, 1, 0)::engine.token
        from engine.plan_steps as body cross join generate_series(map.at_once, map.started - 1) as n
        where (body.workflow_id, body.version, body.within) = (map.workflow_id, map.version, map.collector) and body.join_mode = 'all'
      ), null, 0, null)), null, 0, null);
    end if;
  end loop;
  return ended;
end $$;
