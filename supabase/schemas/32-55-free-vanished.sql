-- Ends the leases of vanished workers now, so that the next claim recovers their steps without waiting. Called by the sweep and by every
-- worker that registers. Returns how many steps. Writes nothing when nobody vanished.
create function engine.free_vanished()
returns int language plpgsql volatile set search_path = ''
as $$
declare
  at constant timestamptz := engine.now();
  horizon timestamptz;
  gone text[] := engine.vanished_workers();
  freed int;
begin
  if cardinality(gone) = 0 then
    return 0;
  end if;
  -- A worker that has just come back has a session that the first look did not show: its row is locked, then the sessions read anew.
  perform from engine.workers where worker = any (gone) order by worker for update skip locked;
  perform pg_stat_clear_snapshot();
  gone := array(select worker from engine.workers where worker = any (engine.vanished_workers()) and worker = any (gone)
    order by worker for update skip locked);
  select at + make_interval(secs => max(lease_ms) / 1000.0) into horizon from engine.workers where worker = any (gone);

  -- Run first, then steps; a run that somebody holds is left to the next sweep.
  with held as (
    select run_id, step_key, item_path from public.steps
    where (lease_until is not null or waiting_for is not null) and coalesce(lease_until, due_at) <= horizon
      and status = 'running' and lease_until > at and worker = any (gone)
  ), locked as materialized (
    select id from public.runs where id in (select run_id from held) order by id for no key update skip locked
  )
  update public.steps as step set lease_until = at
  from held join locked on locked.id = held.run_id
  where (step.run_id, step.step_key, step.item_path) = (held.run_id, held.step_key, held.item_path)
    and step.status = 'running' and step.worker = any (gone) and step.lease_until > at;
  get diagnostics freed = row_count;
  update engine.workers set vanished_at = at, sleeping = false where worker = any (gone) and vanished_at is null;
  delete from engine.workers where worker = any (gone) and vanished_at <= at - make_interval(secs => lease_ms / 1000.0);
  return freed;
end $$;
