-- Wakes one sleeping worker, rather one without steps under way, unless one is awake that looks for work anyway; called last by every transaction
-- that makes work ready. NOTIFY takes a database-wide lock at commit, so it is sent only when somebody sleeps, and the sleeper is marked awake so
-- that the next commit sends none. One that listens hears its name; others are poked by the host, which acts on no name.
create function engine.wake_workers()
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := clock_timestamp();
  woken record;
begin
  select worker, case when hears then worker else '' end as name into woken from engine.workers
  where sleeping and not exists (
    -- Bounded on both sides: a clock that was set back must not keep everybody asleep.
    select from engine.workers as other where other.looks_until > at and other.looks_until <= at + interval '100 ms' and not other.sleeping)
  order by at_work limit 1 for update skip locked;
  if found then
    update engine.workers set sleeping = false, looks_until = at + interval '100 ms' where worker = woken.worker;
    perform pg_notify('runboard_wake', woken.name);
  end if;
end $$;
