-- Starts the turn that follows each ended turn of a repeat, unless that was the last one: its condition held, the bound is reached, or the
-- run is ending. A turn of which nothing ran ends without a result: the next one goes on with the one before. Safe to repeat.
create function engine.open_turns(p_turns engine.step_ref[])
returns void language plpgsql set search_path = ''
as $$
declare
  turn record;
begin
  for turn in
    select ended.run_id, plan.collector, ended.item_path[1:cardinality(plan.bodies) - 1] as map_path,
      ended.item_path[cardinality(plan.bodies)] + 1 as next,
      case ended.status when 'succeeded' then payload.output -> 'value' else before.value end as value
    from unnest(p_turns) join public.steps as ended using (run_id, step_key, item_path)
    join engine.plan_steps as plan on plan.id = ended.plan_step
    join public.runs as run on run.id = ended.run_id
    join public.steps as cycle on cycle.status = 'pending' and (cycle.run_id, cycle.step_key, cycle.item_path)
      = (ended.run_id, plan.collector, ended.item_path[1:cardinality(plan.bodies) - 1])
    join engine.plan_steps as cycle_plan on cycle_plan.id = cycle.plan_step
    join engine.items as before on (before.run_id, before.collector, before.item_path) = (ended.run_id, plan.collector, ended.item_path)
    left join public.step_payloads as payload
      on (payload.run_id, payload.step_key, payload.item_path) = (ended.run_id, ended.step_key, ended.item_path)
    where ended.role = 'turn' and ended.status in ('succeeded', 'skipped') and run.error is null and run.cancel_requested_at is null
      and not (ended.status = 'succeeded' and (payload.output -> 'done')::boolean)
      and cycle.items_total = ended.item_path[cardinality(plan.bodies)] + 1
      and cycle.items_total < (cycle_plan.map_config ->> 'maxTurns')::int and cycle.items_failed = 0
  loop
    insert into engine.items (run_id, collector, item_path, value)
    values (turn.run_id, turn.collector, turn.map_path || turn.next, coalesce(turn.value, 'null'))
    on conflict (run_id, collector, item_path) do update set value = excluded.value;
    update public.steps set items_total = turn.next + 1, items_started = turn.next + 1
    where (run_id, step_key, item_path) = (turn.run_id, turn.collector, turn.map_path);
    perform engine.insert_items(
      (turn.run_id, turn.collector, turn.map_path)::engine.step_ref, turn.next, turn.next + 1, turn.next + 1);
  end loop;
end $$;
