-- Says that a worker lives as long as the session this is called on, which from then on runs nothing. A worker's first act: it also frees
-- the steps of those that died before it. Leases already held stay. Returns how many steps were freed.
create function engine.register_worker(
  p_worker text, p_lease_ms int, p_hears boolean default false, p_slots int default null, p_database_cores int default null)
returns int language plpgsql security definer set search_path = ''
as $$
begin
  insert into engine.workers (worker, seen_at, pid, session_started, lease_ms, hears, slots, database_cores)
  select p_worker, engine.now(), pg_backend_pid(), coalesce(max(session.backend_start), now()), p_lease_ms, p_hears, p_slots, p_database_cores
  from pg_stat_get_activity(pg_backend_pid()) as session
  on conflict (worker) do update set seen_at = excluded.seen_at, pid = excluded.pid, session_started = excluded.session_started,
    lease_ms = excluded.lease_ms, hears = excluded.hears, slots = excluded.slots, database_cores = excluded.database_cores, vanished_at = null;
  return engine.free_vanished();
end $$;
