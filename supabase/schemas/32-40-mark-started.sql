-- Commits the start marker of an at_most_once step: from now on a crash or time-out is unclear and a person decides. False when the
-- attempt is not the current one, the marker is there already, or the run is to end: then the worker must not start.
create function engine.mark_started(p_run uuid, p_step text, p_item int[], p_attempt int)
returns boolean language plpgsql security definer set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
begin
  perform from public.runs where id = p_run and cancel_requested_at is null for no key update;
  if not found then
    return false;
  end if;
  update public.steps set start_marker_at = at
  where (run_id, step_key, item_path) = (p_run, p_step, p_item) and status = 'running' and attempt = p_attempt
    and lease_until > at and start_marker_at is null;
  if not found then
    return false;
  end if;
  update public.attempts set start_marker_at = at where (run_id, step_key, item_path, n) = (p_run, p_step, p_item, p_attempt);
  return true;
end $$;
