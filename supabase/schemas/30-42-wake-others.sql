-- What a worker's claim or report says to those that sleep: nothing, as long as it has room itself, for then it looks again; when it has none, and
-- left something ready, that they are needed. Called where somebody sleeps.
create function engine.wake_others(p_worker text, p_has_room boolean)
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := clock_timestamp();
begin
  if p_has_room then
    update engine.workers set looks_until = at + interval '100 ms'
    where worker = p_worker and not sleeping and coalesce(looks_until < at + interval '50 ms', true);
    return;
  end if;
  update engine.workers set looks_until = null where worker = p_worker and looks_until is not null;
  if exists (select from public.steps where status = 'ready') then
    perform engine.wake_workers();
  end if;
end $$;
