-- Asks a locked run to end: what does not run is cancelled at once, what runs is told by its next heartbeat and has ten seconds.
create function engine.cancel_locked_run(p_run uuid, p_by uuid)
returns void language plpgsql set search_path = ''
as $$
begin
  update public.runs set cancel_requested_at = engine.now(), cancelled_by = p_by, last_move = 'run.updated'
  where id = p_run and finished_at is null and cancel_requested_at is null;
  if found then
    perform engine.cancel_steps(p_run);
    perform engine.settle_runs(array[p_run]);
  end if;
end $$;
