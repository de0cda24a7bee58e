-- Whether a worker may call a host now: `go`, `wait`, or `probe`: the one call until the next is due that finds out whether the host answers
-- again. Probes are two seconds apart at first and an eighth of the time the breaker has been open later, a minute at most.
create function engine.ask_host(p_workspace uuid, p_host text)
returns text language plpgsql security definer set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  breaker engine.breakers;
begin
  select * into breaker from engine.breakers where (workspace_id, host) = (p_workspace, left(p_host, 255));
  if breaker.opened_at is null then
    return 'go';
  end if;
  update engine.breakers
  set probe_at = at + least(greatest((at - opened_at) / 8, interval '2 s'), interval '1 min')
  where (workspace_id, host) = (breaker.workspace_id, breaker.host) and probe_at <= at;
  return case when found then 'probe' else 'wait' end;
end $$;
