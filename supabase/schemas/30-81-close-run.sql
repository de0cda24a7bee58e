-- Ends a run: output or error, usage, its place in the lane, its open questions, and word to the step that waits for it.
create function engine.close_run(p_run uuid, p_status text)
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  ended public.runs;
  active bigint;
begin
  if p_status = 'succeeded' then
    update public.run_payloads set output = engine.resolve_output(p_run) where run_id = p_run;
  end if;
  select coalesce(sum(active_ms), 0) into active from public.attempts where run_id = p_run;
  -- A run that ends before anything of it was claimed still starts, so that every ended run has the same life.
  update public.runs set status = 'running', waiting_for = null, last_move = 'run.started', started_at = coalesce(started_at, at)
  where id = p_run and status = 'queued' and p_status = 'succeeded';
  update public.runs set status = p_status, last_move = 'run.' || p_status, waiting_for = null, finished_at = at, admitted_at = null,
    usage = usage || jsonb_build_object('activeMs', active)
  where id = p_run returning * into ended;
  update public.approvals set status = 'cancelled', decided_at = at where run_id = p_run and status = 'open';
  if ended.parent_run_id is not null then
    insert into engine.deliveries (run_id, kind, step_key, item_path, payload)
    select ended.parent_run_id, 'child_ended', ended.parent_step, ended.parent_item, jsonb_build_object('run', p_run)
    where exists (select from public.runs where id = ended.parent_run_id);
  end if;
  perform engine.release_lane(ended.workspace_id, ended.lane);
end $$;
