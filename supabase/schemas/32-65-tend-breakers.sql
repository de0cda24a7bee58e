-- Looks after breakers whose time has come: lets a waiting step go as a probe, lets those go that wait for a host that answers again, and
-- forgets hosts that have not failed for a minute. Called by the sweep and when a probe was answered.
create function engine.tend_breakers()
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  breaker engine.breakers;
  placed timestamptz;
begin
  for breaker in
    select * from engine.breakers where tend_at <= at order by workspace_id, host limit 100 for update skip locked
  loop
    if breaker.probe_at > at then
      update engine.breakers set tend_at = probe_at where (workspace_id, host) = (breaker.workspace_id, breaker.host);
      continue;
    end if;
    placed := engine.let_go(breaker, case when breaker.opened_at is null then 1000 else 1 end);
    if placed is null and (
      (breaker.opened_at is null and breaker.counted_from < at - interval '1 min')
      -- Nobody has asked for it since.
      or breaker.probe_at < at - interval '10 min'
    ) then
      delete from engine.breakers where (workspace_id, host) = (breaker.workspace_id, breaker.host);
      continue;
    end if;
    -- Steps that were told to wait may come in for some seconds after it closed.
    update engine.breakers
    set placed_until = case when opened_at is null then coalesce(placed, placed_until) else placed_until end,
      tend_at = at + case when placed is not null or (opened_at is null and closed_at > at - interval '15 s') then interval '1 s'
        when opened_at is null then interval '1 min' else interval '10 s' end
    where (workspace_id, host) = (breaker.workspace_id, breaker.host);
  end loop;
end $$;
