-- Counts the steps a map adds to its run, and writes the events of steps a retry takes over.
create function engine.record_new_steps()
returns trigger language plpgsql security definer set search_path = ''
as $$
declare
  changes engine.step_change[];
begin
  select array_agg((
      run_id, step_key, item_path, case when status = 'succeeded' then 'none' end, status,
      case when status = 'succeeded' then last_move end, attempt, rank,
      engine.step_event_data(status, waiting_for, port, error, items_total))::engine.step_change)
  into changes
  from new_steps
  where status = 'succeeded' or item_path <> '{}';
  if changes is not null then
    perform engine.write_step_events(changes);
  end if;
  return null;
end $$;

create trigger steps_record_new after insert on public.steps
  referencing new table as new_steps
  for each statement execute function engine.record_new_steps();
