-- Refuses a start when the workspace has as many unfinished runs as it may have. Counting them takes a millisecond when there are ten thousand,
-- so engine.start_run_as has only one start in fifty counted far below the limit; near it, or where the limit is small, every one.
create function engine.check_queue_depth(p_workspace uuid)
returns void language plpgsql set search_path = ''
as $$
declare
  most int;
  known int;
  counted int;
begin
  select workspace.max_open_runs, depth.open_runs into most, known
  from public.workspaces as workspace left join engine.queue_depths as depth on depth.workspace_id = workspace.id
  where workspace.id = p_workspace;
  select count(*) into counted from (
    select from public.runs where workspace_id = p_workspace and finished_at is null limit most) as open_runs;
  -- Whoever notes it takes a try-lock first, so that no start waits for another.
  if abs(counted - coalesce(known, 0)) > most * 0.05 and pg_try_advisory_xact_lock(hashtextextended('depth:' || p_workspace, 1)) then
    insert into engine.queue_depths (workspace_id, open_runs) values (p_workspace, counted)
    on conflict (workspace_id) do update set open_runs = excluded.open_runs;
  end if;
  if counted >= most then
    perform engine.raise('RB429', format('This workspace has %s unfinished runs, as many as it may have.', counted),
      'Start it again when some have ended; an owner can raise the limit in the settings.', p_headers => '{"Retry-After": "10"}');
  end if;
end $$;
