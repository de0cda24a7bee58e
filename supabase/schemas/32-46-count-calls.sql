-- Counts how calls to one host ended, and opens its breaker when at least 20 of them, and half, failed within ten seconds. The answer to a
-- probe closes it, and the steps that wait are let go one after the other. Called by engine.note_calls.
create function engine.count_calls(p_workspace uuid, p_host text, p_failed int, p_answered int, p_probed boolean)
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  breaker engine.breakers;
begin
  if p_probed and p_answered > 0 then
    update engine.breakers set opened_at = null, probe_at = null, closed_at = at, counted_from = at, failed = 0, answered = 0, tend_at = at
    where (workspace_id, host) = (p_workspace, p_host) and opened_at is not null;
    if found then
      perform engine.tend_breakers();
      perform engine.wake_workers();
    end if;
  end if;
  -- Most hosts never fail, so only a failure makes a row.
  if p_failed = 0 then
    return;
  end if;
  insert into engine.breakers as known (workspace_id, host, counted_from, failed, answered, tend_at)
  values (p_workspace, p_host, at, p_failed, p_answered, at + interval '1 min')
  on conflict (workspace_id, host) do update set
    counted_from = case when known.counted_from > at - interval '10 s' then known.counted_from else at end,
    failed = case when known.counted_from > at - interval '10 s' then known.failed else 0 end + excluded.failed,
    answered = case when known.counted_from > at - interval '10 s' then known.answered else 0 end + excluded.answered
  returning * into breaker;
  if breaker.opened_at is null and breaker.failed >= 20 and breaker.failed >= breaker.answered then
    update engine.breakers set opened_at = at, probe_at = at + interval '2 s', counted_from = at, failed = 0, answered = 0,
      tend_at = at + interval '2 s'
    where (workspace_id, host) = (p_workspace, p_host);
  end if;
end $$;
