-- The short way of reports whose steps ended by themselves. Returns the steps started for the worker.
create function engine.settle_plain(p_reports engine.step_report[], p_any_item boolean, p_worker text, p_take int, p_lease interval)
returns engine.step_ref[] language plpgsql set search_path = ''
as $$
declare
  moved engine.moved[] := engine.end_plain(p_reports, p_worker, p_take, p_lease);
  started engine.step_ref[];
  ended engine.step_ref[];
begin
  if p_any_item then
    -- The reports' own steps, and the items that succeeded by them.
    moved := moved || engine.count_items(array(
      select (run_id, step_key, item_path)::engine.step_ref from unnest(p_reports)
      union all
      select (run_id, step_key, item_path)::engine.step_ref from unnest(moved) where status = 'succeeded'
    ), p_worker, p_take - (select count(*)::int from unnest(moved) where status = 'running'), p_lease);
  end if;
  started := array(select (run_id, step_key, item_path)::engine.step_ref from unnest(moved) where status = 'running');
  ended := array(select (run_id, step_key, item_path)::engine.step_ref from unnest(moved) where status in ('skipped', 'ended'));
  if cardinality(ended) > 0 then
    started := started || engine.advance(ended, p_worker, p_take - cardinality(started), p_lease);
  end if;
  return started;
end $$;
