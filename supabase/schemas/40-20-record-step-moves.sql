-- Turns every move of a statement on steps into events, and refuses rows that contradict themselves. Old and new rows are paired by hashing,
-- whatever the caller says about joins: the plan made for the first, small statement must also do for a large one.
create function engine.record_step_moves()
returns trigger language plpgsql security definer set search_path = ''
  set enable_hashjoin = on set enable_nestloop = off set enable_mergejoin = off
as $$
declare
  changes engine.step_change[];
  flaw text;
begin
  select array_agg((
      run_id, step_key, item_path, before.status, step.status, step.last_move, step.attempt, step.rank,
      case when step.waiting_for is null and step.port is null and step.error is null and step.items_total is null then '{}'
        else engine.step_event_data(step.status, step.waiting_for, step.port, step.error, step.items_total) end)::engine.step_change)
    filter (where step.status <> before.status or step.last_move <> before.last_move or step.attempt <> before.attempt
      or step.waiting_for is distinct from before.waiting_for),
    min(step_key) filter (where not (
      (step.status = 'running') = (step.lease_until is not null) and (step.status = 'waiting') = (step.waiting_for is not null)
      and (step.status <> 'ready' or step.due_at is not null) and (step.status <> 'failed' or step.error is not null)
      and (step.status in ('succeeded', 'failed', 'skipped', 'cancelled')) = (step.finished_at is not null)
      and step.remaining_deps >= 0 and step.dead_deps >= 0))
  into changes, flaw
  from new_steps as step join old_steps as before using (run_id, step_key, item_path);
  if flaw is not null then
    perform engine.refuse_row(flaw);
  end if;
  if changes is not null then
    perform engine.write_step_events(changes);
  end if;
  return null;
end $$;

create trigger steps_record_moves after update on public.steps
  referencing old table as old_steps new table as new_steps
  for each statement execute function engine.record_step_moves();
