-- The long way of reports: whatever they say is decided, set up, and takes effect. Returns the steps started for the worker.
create function engine.settle_others(p_reports engine.step_report[], p_worker text, p_take int, p_lease interval)
returns engine.step_ref[] language plpgsql set search_path = ''
as $$
declare
  moved constant engine.moved[] := engine.decide_reports(p_reports);
  ended engine.step_ref[];
begin
  ended := array(
    select (run_id, step_key, item_path)::engine.step_ref from unnest(moved) where status in ('succeeded', 'failed', 'skipped'));
  if exists (select from unnest(p_reports) where role = 'split' and ahead is not null) then
    perform engine.add_bodies(p_reports, p_worker);
  end if;
  if exists (select from unnest(p_reports) where checks is not null) then
    perform engine.use_fallbacks(p_reports);
  end if;
  if exists (select from unnest(moved) where status = 'waiting') then
    ended := ended || engine.set_up_parks(p_reports);
  end if;
  perform engine.ask_reconcile((run_id, step_key, item_path)::engine.step_ref, 'The call was sent, but no clear answer came back.')
  from unnest(moved) where status = 'ask';
  return engine.advance(ended, p_worker, p_take, p_lease);
end $$;
