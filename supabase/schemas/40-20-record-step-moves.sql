-- Turns every move of a statement on steps into events. Old and new rows are paired by hashing, whatever the caller says about joins: the
-- plan made for the first, small statement must also do for a large one.
create function engine.record_step_moves()
returns trigger language plpgsql security definer set search_path = ''
  set enable_hashjoin = on set enable_nestloop = off set enable_mergejoin = off
as $$
declare
  changes engine.step_change[];
begin
  select array_agg((
      run_id, step_key, item_path, before.status, step.status, step.last_move, step.attempt, step.rank,
      case when step.waiting_for is null and step.port is null and step.error is null and step.items_total is null then '{}'
        else engine.step_event_data(step.status, step.waiting_for, step.port, step.error, step.items_total) end)::engine.step_change)
  into changes
  from new_steps as step join old_steps as before using (run_id, step_key, item_path)
  where step.status <> before.status or step.last_move <> before.last_move or step.attempt <> before.attempt
    or step.waiting_for is distinct from before.waiting_for;
  if changes is not null then
    perform engine.write_step_events(changes);
  end if;
  return null;
end $$;

create trigger steps_record_moves after update on public.steps
  referencing old table as old_steps new table as new_steps
  for each statement execute function engine.record_step_moves();
