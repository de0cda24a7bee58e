-- Deletes what hangs off a deleted run without a foreign key, which these tables do without for the speed of inserts.
create function engine.delete_run_parts()
returns trigger language plpgsql security definer set search_path = ''
as $$
begin
  delete from public.steps where run_id in (select id from old_runs);
  delete from engine.items where run_id in (select id from old_runs);
  delete from public.step_payloads where run_id in (select id from old_runs);
  delete from public.attempts where run_id in (select id from old_runs);
  delete from public.attempt_payloads where run_id in (select id from old_runs);
  delete from public.run_events using old_runs where run_created_at = old_runs.created_at and run_id = old_runs.id;
  return null;
end $$;

-- The same when all runs go at once.
create function engine.truncate_run_parts()
returns trigger language plpgsql set search_path = ''
as $$
begin
  truncate public.steps, engine.items, public.step_payloads, public.attempts, public.attempt_payloads, public.run_events;
  return null;
end $$;

create trigger runs_truncate_parts after truncate on public.runs
  for each statement execute function engine.truncate_run_parts();

create trigger runs_delete_parts after delete on public.runs
  referencing old table as old_runs
  for each statement execute function engine.delete_run_parts();
