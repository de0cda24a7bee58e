-- Wakes one sleeping worker, if there is one, rather one without steps under way; called last by every transaction that makes work ready. NOTIFY takes a database-wide lock
-- at commit, so it is sent only when somebody sleeps, and the sleeper is marked awake so that the next commit sends none. One that
-- listens hears its name; others are poked by the host, which acts on no name.
create function engine.wake_workers()
returns void language plpgsql set search_path = ''
as $$
declare
  woken record;
begin
  select worker, case when hears then worker else '' end as name into woken from engine.workers where sleeping
  order by at_work limit 1 for update skip locked;
  if found then
    update engine.workers set sleeping = false where worker = woken.worker;
    perform pg_notify('runboard_wake', woken.name);
  end if;
end $$;
