-- Wakes one sleeping worker, if there is one; called last by every transaction that makes work ready. NOTIFY takes a database-wide lock
-- at commit, so it is sent only when somebody sleeps, and the sleeper is marked awake so that the next commit sends none.
create function engine.wake_workers()
returns void language plpgsql set search_path = ''
as $$
declare
  woken text;
begin
  select worker into woken from engine.workers where sleeping limit 1 for update skip locked;
  if woken is not null then
    update engine.workers set sleeping = false where worker = woken;
    perform pg_notify('runboard_wake', '');
  end if;
end $$;
