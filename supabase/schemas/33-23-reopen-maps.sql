-- Gives the maps of a resumed run what the run's end kept from them: bodies that were never inserted, and an end if nothing is left to do.
-- Their deadlines count anew. Returns the collectors that ended.
create function engine.reopen_maps(p_again engine.moved[])
returns engine.step_ref[] language plpgsql set search_path = ''
as $$
declare
  maps engine.step_ref[];
  ended engine.step_ref[];
begin
  maps := array(
    select (map.run_id, map.step_key, map.item_path)::engine.step_ref
    from unnest(p_again) join public.steps as map using (run_id, step_key, item_path)
    where map.role = 'collect' and map.status = 'pending');
  if cardinality(maps) = 0 then
    return '{}';
  end if;
  ended := engine.open_maps(array(
    select (map.run_id, map.step_key || '__split', map.item_path)::engine.step_ref
    from unnest(maps) join public.steps as map using (run_id, step_key, item_path)
    where map.items_total is null));
  update public.steps as map set deadline_at = engine.now() + plan.deadline_ms * interval '1 ms'
  from unnest(maps) as again join engine.plan_steps as plan on plan.deadline_ms is not null
  where (map.run_id, map.step_key, map.item_path) = (again.run_id, again.step_key, again.item_path) and map.plan_step = plan.id
    and map.status = 'pending' and map.items_total is not null;
  -- The turn that a repeat's last one would have started.
  perform engine.open_turns(array(
    select (cycle.run_id, cycle.step_key || '__turn', cycle.item_path || cycle.items_total - 1)::engine.step_ref
    from unnest(maps) join public.steps as cycle using (run_id, step_key, item_path)
    where cycle.kind = 'repeat' and cycle.items_total is not null));
  return ended || engine.settle_collectors(maps);
end $$;
