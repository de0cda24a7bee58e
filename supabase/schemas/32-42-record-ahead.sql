-- Takes a portion of what a worker does of a map's body while its split is still under way: large maps are recorded as they go, and the rest
-- comes with the split's report. False when the attempt is not the current one or the run is to end: then nothing is recorded, and the
-- worker goes no further.
create function engine.record_ahead(p_worker text, p_run uuid, p_step text, p_item int[], p_attempt int, p_total int, p_ahead jsonb)
returns boolean language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  report engine.step_report;
begin
  perform from public.runs where id = p_run and cancel_requested_at is null and error is null for no key update;
  if not found then
    return false;
  end if;
  select workspace_id, role into report.workspace_id, report.role from public.steps
  where (run_id, step_key, item_path) = (p_run, p_step, p_item) and status = 'running' and attempt = p_attempt and lease_until > engine.now();
  if not found then
    return false;
  end if;
  report.run_id := p_run;
  report.step_key := p_step;
  report.item_path := p_item;
  report.attempt := p_attempt;
  report.output := jsonb_build_object('count', p_total);
  report.ahead := p_ahead;
  perform engine.add_bodies(array[report], p_worker);
  return true;
end $$;
