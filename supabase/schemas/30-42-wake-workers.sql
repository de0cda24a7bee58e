-- Wakes one sleeping worker: rather one without steps under way, and the one that has been up longest, whose code is compiled and whose sessions have
-- their plans. Nobody is woken while as many are awake and look for work anyway as can keep the database busy: one, or one for every two processors
-- that are known of. Called last by every transaction that makes work ready. NOTIFY takes a database-wide lock at commit, so it is sent only when
-- somebody sleeps, and the sleeper is marked awake so that the next commit sends none; of transactions that commit together one does so, for all of
-- them are there before the woken one has looked. A sleeper that is just saying so again is waited for: passed over, it would sleep on. One that
-- listens hears its name; others are poked by the host, which acts on no name.
create function engine.wake_workers()
returns void language plpgsql set search_path = ''
as $$
declare
  at constant timestamptz := clock_timestamp();
  woken record;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('engine.wake_workers', 0)) then
    return;
  end if;
  select worker, case when hears then worker else '' end as name into woken from engine.workers
  where sleeping and greatest(1, database_cores / 2) > (
    -- Bounded on both sides: a clock that was set back must not keep everybody asleep.
    select count(*) from engine.workers as other where other.looks_until > at and other.looks_until <= at + interval '250 ms' and not other.sleeping)
  order by at_work, session_started limit 1 for update;
  if found then
    update engine.workers set sleeping = false, looks_until = at + interval '100 ms' where worker = woken.worker;
    perform pg_notify('runboard_wake', woken.name);
  end if;
end $$;
