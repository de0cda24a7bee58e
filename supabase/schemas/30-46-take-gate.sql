-- Lets one transaction at a time decide who is admitted through a gate (a lane, a key). Never waits: false when somebody else is deciding, or
-- is leaving. Those who leave wait for the decider (engine.await_gate), so a place that gets free is not overlooked.
create function engine.take_gate(p_gate text)
returns boolean language plpgsql volatile set search_path = ''
as $$
begin
  if not pg_try_advisory_xact_lock(hashtextextended(p_gate, 1)) then
    return false;
  end if;
  perform set_config('engine.deciding', 'yes', true);
  return true;
end $$;
