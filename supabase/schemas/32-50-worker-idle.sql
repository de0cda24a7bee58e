-- Marks a worker as asleep, so that the next commit that makes work ready wakes it, and says whether there is work after all and when
-- something is due. A worker claims once more after this call commits and only then sleeps. One that has steps under way, but room for more,
-- says so with `p_at_work`.
create function engine.worker_idle(p_worker text, p_at_work boolean default false)
returns jsonb language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set join_collapse_limit = 1
as $$
declare
  at constant timestamptz := engine.now();
begin
  insert into engine.workers (worker, sleeping, at_work, seen_at) values (p_worker, true, p_at_work, at)
  on conflict (worker) do update set sleeping = true, looks_until = null, at_work = excluded.at_work, seen_at = excluded.seen_at;
  delete from engine.workers where pid is null and seen_at < at - interval '1 hour';
  return jsonb_build_object('nextDueMs', engine.next_due_ms(), 'work', not engine.may_rest(p_worker) and exists (
    select from public.steps as step join public.runs as run on run.id = step.run_id
    where step.status = 'ready' and (run.counts -> 'running')::int < run.max_parallel));
end $$;
