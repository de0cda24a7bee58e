-- Which workers had a session that the database no longer lists: their processes are gone, or cut off. Reads a few rows and what the
-- server holds in memory. A session whose start we may not see is known by its process id alone.
create function engine.vanished_workers()
returns text[] language plpgsql volatile set search_path = ''
as $$
begin
  return array(
    select known.worker from engine.workers as known
    where known.pid is not null and not exists (
      select from pg_stat_get_activity(known.pid) as session
      where coalesce(session.backend_start, known.session_started) = known.session_started));
end $$;
