-- Ends runs the same way: output or error, usage, their place in their lane, their open questions, and word to the steps that wait for them.
create function engine.close_runs(p_runs uuid[], p_status text)
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  freed record;
begin
  if p_status = 'succeeded' then
    update public.run_payloads set output = engine.resolve_output(run_id) where run_id = any (p_runs);
    -- A run that ends before anything of it was claimed still starts, so that every ended run has the same life.
    if exists (select from public.runs where id = any (p_runs) and status = 'queued') then
      update public.runs set status = 'running', waiting_for = null, last_move = 'run.started', started_at = coalesce(started_at, greatest(at, created_at))
      where id = any (p_runs) and status = 'queued';
    end if;
  end if;
  -- One that undid its steps ends as it was about to.
  update public.runs as run set status = coalesce(ending ->> 'status', p_status),
    last_move = 'run.' || coalesce(ending ->> 'status', p_status), error = coalesce(ending -> 'error', error),
    cancel_requested_at = coalesce((ending ->> 'cancelRequestedAt')::timestamptz, cancel_requested_at),
    cancelled_by = coalesce((ending ->> 'cancelledBy')::uuid, cancelled_by), ending = null, waiting_for = null,
    -- The clock may have been set back meanwhile; a run that has ended did not end before it began.
    finished_at = greatest(at, started_at, created_at),
    admitted_at = null, usage = usage || jsonb_build_object('activeMs', (
      select coalesce(sum(active_ms), 0) from public.attempts as attempt where attempt.run_id = run.id))
  where id = any (p_runs);
  if exists (select from public.approvals where run_id = any (p_runs) and status = 'open') then
    update public.approvals set status = 'cancelled', decided_at = at where run_id = any (p_runs) and status = 'open';
  end if;
  if exists (select from public.runs where id = any (p_runs) and parent_run_id is not null) then
    insert into engine.deliveries (run_id, kind, step_key, item_path, payload)
    select ended.parent_run_id, 'child_ended', ended.parent_step, ended.parent_item, jsonb_build_object('run', ended.id)
    from public.runs as ended
    where ended.id = any (p_runs) and exists (select from public.runs as parent where parent.id = ended.parent_run_id);
  end if;
  if p_status <> 'cancelled' then
    perform engine.add_followers(p_runs, p_status);
  end if;
  delete from engine.budget_reservations where run_id = any (p_runs);
  for freed in select distinct workspace_id, lane from public.runs where id = any (p_runs) order by workspace_id, lane loop
    perform engine.release_lane(freed.workspace_id, freed.lane);
  end loop;
  for freed in
    select distinct workflow_id, limit_key from public.runs where id = any (p_runs) and limit_key is not null order by workflow_id, limit_key
  loop
    perform engine.release_key(freed.workflow_id, freed.limit_key);
  end loop;
end $$;
